// When a screen over a fleet has come to rest: everything is read and nothing is drawn any more.
import { performance } from 'node:perf_hooks';
import { pause, type Terminal } from './program.ts';

const quietMs = 3000;

/** Waits until all `clusters` are live, nothing syncs, and the terminal got no byte for three seconds. */
export async function untilAtRest(terminal: Terminal, clusters: number): Promise<void> {
  await untilLive(terminal, clusters);
  const limit = performance.now() + 60_000;
  for (let last = -1; last !== terminal.bytes(); await pause(quietMs)) {
    if (performance.now() > limit) throw new Error(`it does not come to rest:\n${terminal.lines().join('\n')}`);
    last = terminal.bytes();
  }
}

/** Waits until all clusters are live and no kind syncs; the screen may go on changing. */
export async function untilLive(terminal: Terminal, clusters: number, limitMs = 60_000): Promise<void> {
  const live = `${clusters}/${clusters} live`;
  await terminal.until(
    (lines) => lines.some((line) => line.includes(live)) && !lines.some((line) => line.includes('syncing')),
    live,
    limitMs,
  );
}

/** Waits until the title of the pods' list has counted the same for two seconds. */
export async function untilAllPods(terminal: Terminal): Promise<void> {
  let last = '';
  let since = performance.now();
  await terminal.until((lines) => {
    const title = /Pods\s+[\d,]+ pods/.exec(lines.join('\n'))?.[0] ?? '';
    if (title !== last) since = performance.now();
    last = title;
    return title !== '' && performance.now() - since > 2000;
  }, 'list of pods that stands still');
}
