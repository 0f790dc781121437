// From a key to the bytes that answer it, on a terminal: several programs take turns, so that a busy machine disturbs
// them alike.
import { queuedMs } from './proc.ts';
import { pause, type Terminal } from './program.ts';

/** A program that is pressed; `state` is what a key changes on its screen, null when any byte is the answer. */
export type Pressed = {
  readonly terminal: Terminal;
  readonly key: string;
  readonly state: ((lines: readonly string[]) => string) | null;
};

/** How long a key took, and how much of that a processor was waited for, by the program or by whoever measures. */
export type KeyTime = { readonly ms: number; readonly queuedMs: number };

/** Longest wait for an answer, counted as the answer's time when there is none. */
const limitMs = 2000;

/** From the key to the piece of output after which the screen shows its effect. */
export async function press({ terminal, key, state }: Pressed): Promise<KeyTime> {
  const before = state?.(terminal.lines()) ?? '';
  const answered = Promise.withResolvers<KeyTime>();
  const queued = (): number => queuedMs(terminal.pid) + queuedMs(process.pid);
  using _listening = terminal.onData(() => {
    const time = { ms: performance.now() - start, queuedMs: queued() - queuedBefore };
    if (state === null) return answered.resolve(time);
    // The emulator takes a piece in its own time: the moment is the piece's, not the emulator's.
    void terminal.settled().then(() => {
      if (state(terminal.lines()) !== before) answered.resolve(time);
    });
  });
  const queuedBefore = queued();
  const start = performance.now();
  terminal.write(key);
  const timer = setTimeout(() => answered.resolve({ ms: limitMs, queuedMs: 0 }), limitMs);
  const time = await answered.promise;
  clearTimeout(timer);
  return time;
}

/** Presses each program `times` times in turns; the first `warm` rounds are not told. One list of times a program. */
export async function pressInTurns(
  programs: readonly Pressed[],
  times: number,
  warm: number,
): Promise<readonly (readonly KeyTime[])[]> {
  const found: KeyTime[][] = programs.map(() => []);
  for (let round = 0; round < times + warm; round++) {
    for (const [i, program] of programs.entries()) {
      const time = await press(program);
      if (round >= warm) found[i]?.push(time);
      // Not in step with any timer of the program.
      await pause(31 + ((round * 7 + i * 3) % 20));
    }
  }
  return found;
}

/** The row with the cursor, as both programs mark it. */
export const cursorRow = (lines: readonly string[]): string =>
  lines.find((line) => line.startsWith('▌'))?.slice(0, 60) ?? '';
