// The real program on a pseudo-terminal, its screen read through a terminal emulator, as a person sees it.
import * as pty from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { expect } from 'vitest';

export type PtyOptions = {
  readonly columns?: number;
  readonly rows?: number;
  readonly env: Record<string, string>;
  readonly cwd?: string;
  /** Answers as a terminal that speaks kitty's keyboard protocol; the emulator does not know it. */
  readonly hasKitty?: boolean;
};

export interface PtyProgram {
  readonly process: pty.IPty;
  /** Everything that was written so far, escape sequences included. */
  raw(): string;
  /** What stands on the screen now. */
  text(): string;
  lines(): string[];
  readonly isAlternate: boolean;
  press(keys: string): void;
  /** Waits until the screen shows a text or matches. */
  shows(what: string | RegExp): Promise<void>;
  until(isTrue: () => boolean, what: string): Promise<void>;
  resize(columns: number, rows: number): void;
  /** Closes the terminal under the program, as a window that is shut does. */
  hangUp(): void;
  readonly exited: Promise<{ readonly exitCode: number; readonly signal?: number | undefined }>;
  /** Called with every whole state of the screen that bytes led to. */
  onScreen(look: (lines: string[]) => void): void;
}

const open = new Set<PtyProgram>();
const limitMs = 15_000;

/** Ends what a test left; for `afterEach`. */
export function closeAll(): void {
  for (const program of open) {
    try {
      // The whole group: a launcher and its child.
      process.kill(-program.process.pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  }
  open.clear();
}

export function startPty(command: string, args: readonly string[], options: PtyOptions): PtyProgram {
  const { columns = 120, rows = 40, env, cwd, hasKitty = false } = options;
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 5000 });
  const child = pty.spawn(command, [...args], { cols: columns, rows, env, ...(cwd === undefined ? {} : { cwd }) });
  let raw = '';
  const looks: ((lines: string[]) => void)[] = [];
  const lines = (): string[] => {
    const buffer = terminal.buffer.active;
    return Array.from(
      { length: terminal.rows },
      (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? '',
    );
  };
  child.onData((data) => {
    raw += data;
    if (hasKitty && data.includes('\x1b[?u')) child.write('\x1b[?0u');
    terminal.write(data, () => {
      for (const look of looks) look(lines());
    });
  });
  terminal.onData((reply) => child.write(reply));
  const until = (isTrue: () => boolean, what: string): Promise<void> =>
    expect
      .poll(isTrue, { timeout: limitMs, interval: 20 })
      .toBe(true)
      .catch(() => {
        throw new Error(`never: ${what}; the screen shows\n${lines().join('\n')}`);
      });
  const program: PtyProgram = {
    process: child,
    raw: () => raw,
    lines,
    text: () => lines().join('\n').trimEnd(),
    get isAlternate() {
      return terminal.buffer.active.type === 'alternate';
    },
    press: (keys) => child.write(keys),
    shows: (what) =>
      until(
        () => (typeof what === 'string' ? program.text().includes(what) : what.test(program.text())),
        `the screen shows ${what}`,
      ),
    until,
    resize(nextColumns, nextRows) {
      terminal.resize(nextColumns, nextRows);
      child.resize(nextColumns, nextRows);
    },
    hangUp: () => (child as unknown as { destroy(): void }).destroy(),
    exited: new Promise((resolve) => child.onExit(resolve)),
    onScreen: (look) => void looks.push(look),
  };
  open.add(program);
  void program.exited.then(() => open.delete(program));
  return program;
}

/** Fails unless the terminal is as it was before the program: normal screen, cursor, wrap, no paste mode, no kitty keys. */
export function expectRestored(raw: string): void {
  const isLast = (on: string, off: string): boolean => raw.lastIndexOf(on) >= raw.lastIndexOf(off);
  expect(isLast('\x1b[?1049l', '\x1b[?1049h'), 'the alternate screen is left').toBe(true);
  expect(isLast('\x1b[?25h', '\x1b[?25l'), 'the cursor is shown').toBe(true);
  expect(isLast('\x1b[?7h', '\x1b[?7l'), 'lines wrap').toBe(true);
  expect(isLast('\x1b[?2004l', '\x1b[?2004h'), 'pastes are plain').toBe(true);
  // A stack: each time that it was switched on has to be taken back.
  const times = (bytes: string): number => raw.split(bytes).length - 1;
  expect(times('\x1b[<u'), 'kitty keys are off').toBe(times('\x1b[>1u'));
  expect(isLast('\x1b[<u', '\x1b[>1u'), 'kitty keys are off').toBe(true);
}

/** Fails unless `stty -a`, printed behind the program, tells a terminal that edits lines and echoes. */
export function expectCooked(raw: string): void {
  const told = raw.slice(raw.lastIndexOf('\x1b[?1049l'));
  for (const mode of ['icanon', 'echo', 'isig', 'icrnl', 'opost'])
    expect(told, `stty says ${mode}`).toMatch(new RegExp(`[ ;\n]${mode}[ ;\r\n]`));
}
