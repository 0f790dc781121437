// A screen whose terminal is an emulator in this process: for tests of views and of the screen itself. Every byte written
// is checked against the forms that we emit.
import xterm from '@xterm/headless';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import type { ColourDepth } from '../../src/terminal/sgr.ts';
import { badPiece } from './frame-check.ts';
import { cellScreen, type Screen, type ScreenSize } from '../../src/terminal/screen/screen.ts';
import type { Sink } from '../../src/terminal/screen/sink.ts';

export type HeadlessScreen = Screen & {
  /** Rows as the emulator shows them, without trailing blanks. */
  lines(): string[];
  /** All rows joined; for `toContain`. */
  text(): string;
  readonly terminal: InstanceType<typeof xterm.Terminal>;
  /** Resolves when everything asked for is painted and the emulator has read it. */
  settled(): Promise<void>;
  /** What was written so far, frame by frame. */
  readonly writes: readonly string[];
  /** Pieces that no frame may hold; empty unless something is wrong. */
  readonly violations: readonly string[];
  /** Makes the reader stop taking bytes, as a stalled SSH link does; the returned function lets it go on. */
  stall(): () => void;
};

export type HeadlessOptions = Partial<ScreenSize> & { readonly depth?: ColourDepth; readonly clock?: Clock };

export function headlessScreen(options: HeadlessOptions = {}): HeadlessScreen {
  const size = { columns: options.columns ?? 80, rows: options.rows ?? 24 };
  const terminal = new xterm.Terminal({ cols: size.columns, rows: size.rows, allowProposedApi: true, scrollback: 0 });
  const writes: string[] = [];
  const violations: string[] = [];
  let stalled: Promise<void> | null = null;

  const take = (bytes: string): void => {
    writes.push(bytes);
    const bad = badPiece(bytes, true);
    if (bad !== null) violations.push(bad);
  };
  const sink: Sink = {
    write(bytes, done) {
      take(bytes);
      const send = (): void => terminal.write(bytes, () => done('written'));
      if (stalled === null) send();
      else void stalled.then(send);
    },
    writeNow(bytes) {
      take(bytes);
      terminal.write(bytes);
    },
    close() {},
  };
  const { clock = systemClock, depth = 'true' } = options;
  const screen = cellScreen({ clock, size, depth, erasesInGround: true, sink });
  screen.onResize((next) => terminal.resize(next.columns, next.rows));

  const lines = (): string[] => {
    const buffer = terminal.buffer.active;
    return Array.from(
      { length: screen.size.rows },
      (_, y) =>
        buffer
          .getLine(buffer.viewportY + y)
          ?.translateToString(true)
          .trimEnd() ?? '',
    );
  };

  return Object.assign(screen, {
    lines,
    text: () => lines().join('\n'),
    terminal,
    writes,
    violations,
    async settled() {
      // React schedules a commit in one turn and the screen paints in the next: quiet means quiet for some turns.
      for (let quiet = 0; quiet < 4; quiet = screen.isSettled ? quiet + 1 : 0) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      await new Promise<void>((resolve) => terminal.write('', resolve));
    },
    stall() {
      const { promise, resolve } = Promise.withResolvers<void>();
      stalled = promise;
      return () => {
        stalled = null;
        resolve();
      };
    },
  });
}
