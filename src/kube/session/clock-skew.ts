// How far this machine's clock is from a server's, told by the Date header of its answers. The header has whole seconds
// and was written about half a round trip before it is read: the median of a few answers is right to a second.

export interface SkewMeter {
  /**
   * One answer: its Date header, and when its request left and its head came, by our clock. Gives the difference in
   * whole seconds as milliseconds when it became another one, positive where this machine is ahead; else null.
   */
  take(date: string | undefined, sentAt: number, receivedAt: number): number | null;
}

/** Samples that the median is taken of. */
const kept = 9;
/** What took longer on its way says too little about when the header was written. */
const longestTripMs = 2_000;
/** The header cuts the time to the second: on average half of one is missing. */
const cutMs = 500;

export function newSkewMeter(): SkewMeter {
  const samples: number[] = [];
  let told: number | null = null;
  return {
    take(date, sentAt, receivedAt) {
      const trip = receivedAt - sentAt;
      const said = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(said) || trip < 0 || trip > longestTripMs) return null;
      samples.push(receivedAt - trip / 2 - (said + cutMs));
      if (samples.length > kept) samples.shift();
      const sorted = samples.toSorted((a, b) => a - b);
      const median = sorted[sorted.length >> 1] ?? 0;
      const ms = Math.round(median / 1000) * 1000 + 0;
      if (ms === told) return null;
      told = ms;
      return ms;
    },
  };
}
