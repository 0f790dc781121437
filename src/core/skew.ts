// Clocks that differ. A cluster's objects carry the times of its own server; what this machine makes of them (ages,
// grace times, since when) has to know how far its own clock is from that one's.
import { duration } from './format.ts';

/** Below this a difference is not worth a word, and not told from noise. */
export const skewToleranceMs = 5_000;
/** A measurement moves what counts by no less than this: rows are not looked at again for a second. */
const steadyMs = 2_000;

/** The difference to reckon with from now on, after a new measurement. */
export function countedSkew(before: number, measured: number): number {
  if (Math.abs(measured - before) <= steadyMs) return before;
  return Math.abs(measured) <= skewToleranceMs ? 0 : measured;
}

/** `4m ahead of the server`; null where the clocks agree or nobody knows. */
export function skewText(ms: number | null): string | null {
  if (ms === null || Math.abs(ms) <= skewToleranceMs) return null;
  return `${duration(Math.abs(ms))} ${ms > 0 ? 'ahead of' : 'behind'} the server`;
}
