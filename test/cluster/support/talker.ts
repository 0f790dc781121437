// A pod that talks: numbered lines into its log file, remembered here to be compared with what is shown.
import type { PodLogWriter } from '../pod-log.ts';

export type Talker = {
  /** Every line so far, in order. */
  readonly said: readonly string[];
  stop(): void;
};

/** A line every `everyMs`, with times that differ in their milliseconds. */
export function startTalking(name: string, log: PodLogWriter, everyMs: number): Talker {
  const said: string[] = [];
  const say = (): void => {
    const text = `level=info msg="${name} speaks" line ${said.length + 1}`;
    log.write(text);
    said.push(text);
  };
  say();
  const timer = setInterval(say, everyMs);
  return { said, stop: () => clearInterval(timer) };
}
