// Takes the terminal, chooses colours and glyphs by what it answers, runs the screen on an engine, and gives the terminal
// back on every way out.
import { chooseTheme } from '../../views/theme/contrast.ts';
import type { ThemeName } from '../../views/theme/palette.ts';
import { createTheme } from '../../views/theme/theme.ts';
import { type Clock, systemClock } from '../platform/clock.ts';
import type { Environment } from '../platform/environment.ts';
import { runInteractive } from '../platform/interactive.ts';
import type { Engine } from '../protocol/engine.ts';
import type { LoginCommand } from '../protocol/messages.ts';
import type { LendOutcome } from '../state/app.ts';
import type { Rgb } from '../terminal/capabilities.ts';
import { style } from '../terminal/style.ts';
import { openTerminal, type Terminal } from '../terminal/terminal.ts';
import { type RunAppOptions, runApp } from './run-app.ts';

export type OpenScreenOptions = Omit<RunAppOptions, 'copy' | 'lend' | 'suspend' | 'signal'> & {
  readonly engine: Engine;
  readonly env: Environment;
  readonly theme: 'auto' | ThemeName;
  /** Null: decided from the terminal. */
  readonly ascii: boolean | null;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream & { readonly fd: number };
  readonly clock?: Clock;
  /** Told once the terminal is open: for the counters of its screen. */
  readonly onTerminal?: (terminal: Terminal) => void;
};

/** Runs until the user quits or the terminal goes; resolves with the exit code. The terminal is as it was then. */
export async function openScreen(options: OpenScreenOptions): Promise<number> {
  const clock = options.clock ?? systemClock;
  const gone = new AbortController();
  using _ = keepSignals();
  let endCode: number | null = null;
  const terminal = openTerminal({
    stdin: options.stdin,
    stdout: options.stdout,
    env: options.env,
    clock,
    onEnd: (end) => {
      endCode = end.exitCode;
      gone.abort();
    },
  });
  try {
    options.onTerminal?.(terminal);
    await terminal.probed;
    const { capabilities } = terminal;
    const { name, paintsGround } = chooseTheme(
      options.theme,
      capabilities.background && hexOf(capabilities.background),
    );
    const ascii = options.ascii ?? capabilities.needsAscii;
    const theme = createTheme({ name, paintsGround, depth: capabilities.depth, ascii, intern: style });
    const code = await runApp({
      engine: options.engine,
      screen: terminal.screen,
      input: terminal.input,
      theme,
      clock,
      options: {
        ...options,
        copy: (text) => terminal.copy(text),
        lend: (command, said) => lend(terminal, command, { said, env: options.env, stdout: options.stdout }),
        suspend: () => terminal.suspend(),
        signal: gone.signal,
      },
    });
    return endCode ?? code;
  } finally {
    terminal.close();
  }
}

/**
 * The terminal listens to these until it has given itself back. A library below Ink listens too, and kills the program
 * as soon as it finds itself alone: the scope would not be saved, the exit code would not be ours.
 */
function keepSignals(): Disposable {
  const signals = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;
  const listener = (): void => undefined;
  for (const signal of signals) process.on(signal, listener);
  return {
    [Symbol.dispose]: () => {
      for (const signal of signals) process.off(signal, listener);
    },
  };
}

/** Gives the terminal to a command until it ends. */
async function lend(
  terminal: Terminal,
  login: LoginCommand,
  { said, env, stdout }: { readonly said: string } & Pick<OpenScreenOptions, 'env' | 'stdout'>,
): Promise<LendOutcome> {
  const [command, ...args] = login.command;
  if (command === undefined) return { failed: 'the login has no command' };
  const end = await terminal.lend(() => {
    stdout.write(`${said}\n`);
    return runInteractive({ command, args, env: { ...env, ...login.env }, captures: login.captures === true });
  });
  if (end.ended === 'failed') return { failed: end.message };
  return end.printed === null ? { code: end.code } : { code: end.code, printed: end.printed };
}

const hexOf = ({ red, green, blue }: Rgb): string =>
  `#${[red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')}`;
