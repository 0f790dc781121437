// The life of the real terminal: taken at the start, lent to children, given back on every way out. Signals, stops and
// crashes end here; what the program then does is decided by its `onEnd`. Only one may be open at a time.
import { type Clock, pause } from '../platform/clock.ts';
import type { Environment } from '../platform/environment.ts';
import { type Capabilities, environmentCapabilities } from './capabilities.ts';
import { copyBytes } from './clipboard.ts';
import type { InputEvent } from './input/events.ts';
import { ESCAPE_MS, ESCAPE_MS_SSH, type Input } from './input/input.ts';
import { ttyInput } from './input/tty-input.ts';
import { paceByReplies } from './link-pace.ts';
import { enterBytes, kittyBytes, leaveBytes, resetBytes } from './modes.ts';
import { endsProbe, learn, PROBE_MS, probeBytes } from './probe.ts';
import type { Screen } from './screen/screen.ts';
import { sizeOf, type TerminalStream, ttyScreen } from './screen/tty-screen.ts';

/** Why the terminal was given back without being asked to; `exitCode` is 128 and the signal's number. */
export type TerminalEnd =
  | { readonly cause: 'signal'; readonly signal: NodeJS.Signals; readonly exitCode: number }
  /** The other side is gone: hang-up, EIO, end of input. Nothing can be written any more. */
  | { readonly cause: 'hang-up'; readonly exitCode: 129 };

export type CopyOutcome = { readonly outcome: 'sent' } | { readonly outcome: 'too-long'; readonly length: number };

export interface Terminal {
  readonly screen: Screen;
  readonly input: Input;
  readonly capabilities: Capabilities;
  /** Called when an answer of the terminal says something new; answers may come after `probed`. */
  onCapabilities(listener: (capabilities: Capabilities) => void): Disposable;
  /** Resolves when the terminal has answered, or after 100 ms. */
  readonly probed: Promise<void>;
  /** Ctrl-Z: gives the terminal back and stops; resolves when the program was continued and has it again. */
  suspend(): Promise<void>;
  /**
   * Lends the terminal to a child: `run` starts it and resolves when it has ended. Nothing is painted or read meanwhile,
   * Ctrl-C and Ctrl-Z are the child's. What was typed ahead is dropped afterwards.
   */
  lend<T>(run: () => Promise<T>): Promise<T>;
  /** Puts text on the clipboard (OSC 52). Whether the terminal obeys cannot be known. */
  copy(text: string): CopyOutcome;
  /** Gives the terminal back for good. Also done on exit, crash and deadly signals. */
  close(): void;
}

export type TerminalOptions = {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: TerminalStream;
  readonly env: Environment;
  readonly clock: Clock;
  /** The terminal has been given back; end the program with the exit code. */
  readonly onEnd: (end: TerminalEnd) => void;
};

const deadly: readonly (readonly [NodeJS.Signals, number])[] = [
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGQUIT', 131],
  ['SIGTERM', 143],
];

/** How long a continued program waits for SIGCONT: nothing comes when nobody could stop it (an orphaned group). */
const CONTINUE_MS = 100;

type State = 'active' | 'leaving' | 'suspended' | 'lent' | 'closed';

class TtyTerminal implements Terminal {
  readonly screen: Screen;
  readonly input: ReturnType<typeof ttyInput>;
  readonly probed: Promise<void>;
  capabilities: Capabilities;

  private readonly options: TerminalOptions;
  private readonly listeners = new Set<(capabilities: Capabilities) => void>();
  private readonly stack = new DisposableStack();
  private readonly answered = Promise.withResolvers<void>();
  private state: State = 'active';
  private hasKitty = false;
  private pace: Disposable | null = null;

  constructor(options: TerminalOptions) {
    const { stdin, stdout, env, clock } = options;
    this.options = options;
    this.capabilities = environmentCapabilities(env);
    const { depth, erasesInGround } = this.capabilities;
    this.screen = ttyScreen({ clock, depth, erasesInGround, stdout });
    const escapeMs = this.capabilities.isSsh ? ESCAPE_MS_SSH : ESCAPE_MS;
    this.input = ttyInput({ stdin, clock, escapeMs });
    this.listen();
    this.input.start();
    const questions = probeBytes(this.capabilities, env['TERM'] ?? '');
    this.screen.sendControl(enterBytes(false) + questions);
    const isSilent = questions === '';
    this.probed = isSilent ? Promise.resolve() : Promise.race([this.answered.promise, pause(clock, PROBE_MS)]);
    if (this.capabilities.isSsh && !isSilent) this.pace = paceByReplies(this.screen, this.input, clock);
  }

  private on(event: NodeJS.Signals | 'exit' | 'uncaughtExceptionMonitor', listener: () => void): void {
    process.on(event, listener);
    this.stack.defer(() => process.off(event, listener));
  }

  private listen(): void {
    const { stdout } = this.options;
    for (const [signal, exitCode] of deadly) {
      this.on(signal, () => {
        // A child that has the terminal gets Ctrl-C and Ctrl-\ itself; they are not meant for us then.
        if (this.state === 'lent' && (signal === 'SIGINT' || signal === 'SIGQUIT')) return;
        this.end({ cause: 'signal', signal, exitCode });
      });
    }
    this.on('exit', () => this.close());
    // The report of the crash is printed after this, on the normal screen.
    this.on('uncaughtExceptionMonitor', () => this.close());
    this.on('SIGCONT', () => this.continued());
    process.on('SIGTSTP', this.onStop);
    this.stack.defer(() => process.off('SIGTSTP', this.onStop));
    const onResize = (): void => this.screen.resize(sizeOf(stdout));
    stdout.on('resize', onResize);
    this.stack.defer(() => stdout.off('resize', onResize));
    this.stack.use(this.screen.onClosed(() => this.end({ cause: 'hang-up', exitCode: 129 })));
    this.stack.use(this.input.onEnd(() => this.end({ cause: 'hang-up', exitCode: 129 })));
    this.stack.use(this.input.onEvent((event) => this.heard(event)));
  }

  private readonly onStop = (): void => void this.suspend();

  private heard(event: InputEvent): void {
    if (event.type !== 'reply') return;
    const before = this.capabilities;
    this.capabilities = learn(before, event.reply, before.isUtf8);
    if (endsProbe(event.reply)) this.answered.resolve();
    if (this.capabilities === before) return;
    if (this.capabilities.hasSynchronizedOutput) this.screen.useSynchronizedOutput(true);
    if (this.capabilities.hasKittyKeyboard && !this.hasKitty && this.state === 'active') {
      this.hasKitty = true;
      this.screen.sendControl(kittyBytes);
    }
    for (const listener of this.listeners) listener(this.capabilities);
  }

  onCapabilities(listener: (capabilities: Capabilities) => void): Disposable {
    this.listeners.add(listener);
    return { [Symbol.dispose]: () => this.listeners.delete(listener) };
  }

  copy(text: string): CopyOutcome {
    const copy = copyBytes(text, this.capabilities.multiplexer);
    if (copy.outcome === 'too-long') return copy;
    this.screen.sendControl(copy.bytes);
    return { outcome: 'sent' };
  }

  async suspend(): Promise<void> {
    if (this.state !== 'active') return;
    const held = await this.leave('suspended');
    if (held === null) return;
    const { clock } = this.options;
    const continued = new AbortController();
    const onContinue = (): void => continued.abort();
    process.once('SIGCONT', onContinue);
    // With our listener gone the default stops us. The whole group: a launcher above us must stop too, or the shell
    // would go on waiting for it.
    process.off('SIGTSTP', this.onStop);
    process.kill(0, 'SIGTSTP');
    await pause(clock, CONTINUE_MS, continued.signal);
    process.off('SIGCONT', onContinue);
    this.retake(held);
    await this.input.drain();
  }

  async lend<T>(run: () => Promise<T>): Promise<T> {
    if (this.state !== 'active') throw new Error(`The terminal cannot be lent while it is ${this.state}. Wait for it.`);
    const held = await this.leave('lent');
    if (held === null) throw new Error('The terminal is closed; nothing can be started on it.');
    // Ctrl-Z stops the child's group, which is ours: the default is right as long as the screen is not ours.
    process.off('SIGTSTP', this.onStop);
    try {
      return await run();
    } finally {
      this.retake(held, resetBytes);
      await this.input.drain();
    }
  }

  // Gives the screen and the keyboard back; null when the terminal was closed meanwhile.
  private async leave(next: 'suspended' | 'lent'): Promise<Disposable | null> {
    this.state = 'leaving';
    const held = this.screen.hold();
    this.screen.sendNow(leaveBytes(this.hasKitty));
    await this.input.stop();
    if (this.isClosed()) return null;
    this.state = next;
    return held;
  }

  private isClosed(): boolean {
    return this.state === 'closed';
  }

  private retake(held: Disposable, before = ''): void {
    if (this.isClosed()) return;
    process.on('SIGTSTP', this.onStop);
    this.state = 'active';
    this.input.start();
    this.screen.sendNow(before + enterBytes(this.hasKitty));
    this.screen.resize(sizeOf(windowOf(this.options.stdout)));
    held[Symbol.dispose]();
    this.screen.repaint();
  }

  // SIGCONT without a stop of ours: somebody sent SIGSTOP, and the shell has had the terminal in between.
  private continued(): void {
    if (this.state !== 'active') return;
    this.input.assertRaw();
    this.screen.sendNow(enterBytes(this.hasKitty));
    this.screen.resize(sizeOf(windowOf(this.options.stdout)));
    this.screen.repaint();
  }

  private end(end: TerminalEnd): void {
    if (this.isClosed()) return;
    this.close();
    this.options.onEnd(end);
  }

  close(): void {
    if (this.isClosed()) return;
    const wasOurs = this.state === 'active' || this.state === 'leaving';
    this.state = 'closed';
    this.pace?.[Symbol.dispose]();
    this.stack.dispose();
    this.screen.close(wasOurs ? leaveBytes(this.hasKitty) : '');
    this.input.stopNow();
  }
}

// While stopped or lent no resize event may have come; this asks the kernel.
function windowOf(stdout: TerminalStream): { columns: number; rows: number } {
  const [columns, rows] = stdout.getWindowSize();
  return { columns, rows };
}

/** Takes the terminal: alternate screen, raw mode, questions. `stdin` and `stdout` must be terminals. */
export const openTerminal = (options: TerminalOptions): Terminal => new TtyTerminal(options);
