// Pace for slow links. Over SSH the kernel and sshd take a frame long before it is seen, so a write tells nothing; about
// once a second the terminal is asked to report, and data frames wait for its answer. Keys do not wait.
import type { Clock } from '../platform/clock.ts';
import type { Input } from './input/input.ts';
import type { Screen } from './screen/screen.ts';

const ASK = '\x1b[5n';
const BETWEEN_MS = 1000;
/** A terminal that does not answer by then never will. */
const PATIENCE_MS = 3000;

/** Starts pacing; disposing ends it. A terminal that never answers is asked once. */
export function paceByReplies(screen: Screen, input: Input, clock: Clock): Disposable {
  const stack = new DisposableStack();
  let lastAsked = Number.NEGATIVE_INFINITY;
  let waiting: Disposable | null = null;
  let hasAnswered = false;
  let isMute = false;
  const release = (): void => {
    waiting?.[Symbol.dispose]();
    waiting = null;
  };
  stack.defer(release);
  stack.use(
    screen.onFrame((frame) => {
      const now = clock.now();
      if (frame.bytes === 0 || isMute || waiting !== null || now - lastAsked < BETWEEN_MS) return;
      lastAsked = now;
      waiting = screen.holdData();
      const mine = waiting;
      clock.after(PATIENCE_MS, () => {
        if (waiting !== mine) return;
        isMute = !hasAnswered;
        release();
      });
      screen.sendControl(ASK);
    }),
  );
  stack.use(
    input.onEvent((event) => {
      if (event.type !== 'reply' || event.reply.kind !== 'status-ok') return;
      hasAnswered = true;
      release();
    }),
  );
  return stack;
}
