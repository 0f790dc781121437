// Input as the program sees it: events to listeners, whatever fed the bytes. The pump adds to the tokenizer what needs
// time: how long to wait for the rest of a sequence. Tests feed it by hand; tty-input.ts feeds it from the keyboard.
import type { Clock } from '../../platform/clock.ts';
import type { InputEvent } from './events.ts';
import { inputTokenizer, type Pending } from './tokenizer.ts';

export interface Input {
  onEvent(listener: (event: InputEvent) => void): Disposable;
  /** The keyboard is gone: end of file or hang-up. */
  onEnd(listener: () => void): Disposable;
}

export type InputPump = Input & {
  /** Bytes as they were read in one piece. */
  feed(bytes: Uint8Array | string): void;
  /** Forgets what is half read: the rest will not come, or belonged to somebody else. */
  reset(): void;
  end(): void;
};

/** A lone ESC is the Esc key after this many milliseconds. */
export const ESCAPE_MS = 50;
/** Over SSH the rest of a sequence may come in the next packet. */
export const ESCAPE_MS_SSH = 200;
const SEQUENCE_MS = 1000;
/** A paste whose end was lost must not keep the keyboard for ever. */
const PASTE_MS = 5000;

const waitMs = (pending: Pending, escapeMs: number): number | null => {
  switch (pending) {
    case 'none':
      return null;
    case 'escape':
      return escapeMs;
    case 'sequence':
    case 'string':
      return SEQUENCE_MS;
    case 'paste':
      return PASTE_MS;
  }
};

export function inputPump(clock: Clock, escapeMs = ESCAPE_MS): InputPump {
  const listeners = new Set<(event: InputEvent) => void>();
  const endings = new Set<() => void>();
  let tokenizer = inputTokenizer();
  let timer: Disposable | null = null;
  let hasEnded = false;

  const tell = (events: readonly InputEvent[]): void => {
    for (const event of events) for (const listener of listeners) listener(event);
  };
  const wait = (): void => {
    timer?.[Symbol.dispose]();
    const ms = waitMs(tokenizer.pending, escapeMs);
    timer = ms === null ? null : clock.after(ms, () => tell(tokenizer.flush(clock.now())));
  };

  return {
    onEvent(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => listeners.delete(listener) };
    },
    onEnd(listener) {
      endings.add(listener);
      return { [Symbol.dispose]: () => endings.delete(listener) };
    },
    feed(bytes) {
      const events = tokenizer.push(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes, clock.now());
      wait();
      tell(events);
    },
    reset() {
      timer?.[Symbol.dispose]();
      timer = null;
      tokenizer = inputTokenizer();
    },
    end() {
      if (hasEnded) return;
      hasEnded = true;
      timer?.[Symbol.dispose]();
      for (const ending of endings) ending();
    },
  };
}
