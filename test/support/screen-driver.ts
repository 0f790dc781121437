// Drives the whole screen as a person does: presses keys, reads what stands there. No real terminal, no real clock.
import { runApp, type RunAppOptions } from '../../src/app/run-app.ts';
import { everything } from '../../src/core/query.ts';
import { builtInDecks } from '../../src/state/decks.ts';
import { inputPump } from '../../src/terminal/input/input.ts';
import { type HeadlessScreen, headlessScreen } from './headless-screen.ts';
import { style } from '../../src/terminal/style.ts';
import { createTheme, type ColourDepth } from '../../views/theme/theme.ts';
import type { ThemeName } from '../../views/theme/palette.ts';
import { fakeEngine, type FakeEngine } from './fake-engine.ts';
import { type ManualClock, manualClock } from './manual-clock.ts';
import { storyNow, tellStory } from './fleet-story.ts';

export type Driver = {
  readonly engine: FakeEngine;
  readonly screen: HeadlessScreen;
  readonly clock: ManualClock;
  readonly copied: string[];
  readonly lent: string[][];
  /** What stood above the output of each lent command. */
  readonly announced: string[];
  readonly exit: Promise<number>;
  /** Presses keys, one read each: `press('j', 'enter')`. */
  press(...keys: string[]): Promise<void>;
  /** Types text in one read. */
  type(text: string): Promise<void>;
  /** What stands on the screen now, after everything was drawn. */
  text(): Promise<string>;
  lines(): Promise<string[]>;
  /** Lets time pass. */
  wait(ms: number): Promise<void>;
  quit(): Promise<number>;
};

export type DriverOptions = {
  readonly columns?: number;
  readonly rows?: number;
  readonly theme?: ThemeName;
  readonly depth?: ColourDepth;
  readonly ascii?: boolean;
  readonly options?: Partial<RunAppOptions>;
  readonly story?: (engine: FakeEngine) => void;
};

const bytes: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\x1b',
  tab: '\t',
  'shift-tab': '\x1b[Z',
  space: ' ',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  pgdn: '\x1b[6~',
  pgup: '\x1b[5~',
  home: '\x1b[H',
  end: '\x1b[F',
  backspace: '\x7f',
  'ctrl-c': '\x03',
  'ctrl-z': '\x1a',
};

export async function drive(given: DriverOptions = {}): Promise<Driver> {
  const clock = manualClock(storyNow);
  const engine = fakeEngine(clock.now);
  (given.story ?? tellStory)(engine);
  const depth = given.depth ?? 'true';
  const screen = headlessScreen({ columns: given.columns ?? 120, rows: given.rows ?? 40, depth, clock });
  const theme = createTheme({
    name: given.theme ?? 'dark',
    paintsGround: false,
    depth,
    ascii: given.ascii ?? false,
    intern: style,
  });
  const input = inputPump(clock);
  const copied: string[] = [];
  const lent: string[][] = [];
  const announced: string[] = [];
  const exit = runApp({
    engine,
    screen,
    input,
    theme,
    clock,
    options: {
      demo: false,
      note: '',
      command: null,
      timeoutMs: 10_000,
      start: { scope: everything, deck: 'home' },
      keys: {},
      decks: builtInDecks,
      scopes: {},
      save: () => {},
      copy: (text) => {
        copied.push(text);
        return { outcome: 'sent' };
      },
      lend: (command, said) => {
        lent.push([...command.command]);
        announced.push(said);
        return Promise.resolve({ code: 0 });
      },
      suspend: () => Promise.resolve(),
      ...given.options,
    },
  });
  exit.catch(() => {});
  const settle = async (): Promise<void> => {
    // Effects of a key run in microtasks, the emulator reads in its own time, and frames of data wait for a clock that
    // only this moves: until all of them have come to rest.
    for (let i = 0, quiet = 0; i < 300 && quiet < 3; i++) {
      await new Promise((resolve) => setImmediate(resolve));
      await new Promise<void>((resolve) => screen.terminal.write('', resolve));
      quiet = screen.isSettled ? quiet + 1 : 0;
      if (!screen.isSettled) clock.advance(20);
    }
  };
  const driver: Driver = {
    engine,
    screen,
    clock,
    copied,
    lent,
    announced,
    exit,
    async press(...keys) {
      for (const key of keys) {
        input.feed(bytes[key] ?? key);
        if (key === 'esc') clock.advance(60);
        await settle();
      }
    },
    async type(text) {
      input.feed(text);
      await settle();
    },
    async text() {
      await settle();
      return screen.text();
    },
    async lines() {
      await settle();
      return screen.lines();
    },
    async wait(ms) {
      for (let left = ms; left > 0; left -= 100) {
        clock.advance(Math.min(100, left));
        await new Promise((resolve) => setImmediate(resolve));
      }
      await settle();
    },
    async quit() {
      await driver.press('ctrl-c');
      return exit;
    },
  };
  await settle();
  return driver;
}
