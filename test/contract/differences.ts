// The one place where the contract suite knows which server it runs on: what is known to be different, and why.
// A test listed here must fail on that server; when it passes, the entry has to go.

export type ServerName = 'demo' | 'real' | 'real without WatchList';

export type Difference = {
  readonly server: ServerName;
  /** The test's name, without the names of its groups. */
  readonly test: string;
  readonly cause: string;
};

const gateOff = 'started with the feature gate WatchList off, as 1.33 is by default';

export const differences: readonly Difference[] = [
  {
    server: 'real without WatchList',
    test: 'WatchList streams the whole set, marks its end with a bookmark, and goes on as a watch',
    cause: gateOff,
  },
  {
    server: 'real without WatchList',
    test: 'WatchList of an empty set is its end mark alone',
    cause: gateOff,
  },
  {
    server: 'real without WatchList',
    test: 'where a server can stream the first set, it is streamed: no fall-back is taken',
    cause: gateOff,
  },
];

/** The known differences of one server as lines to print. */
export function printedDifferences(server: ServerName): string {
  const own = differences.filter((each) => each.server === server);
  if (own.length === 0) return `known differences of ${server}: none`;
  return [`known differences of ${server}:`, ...own.map((each) => `  ${each.test}\n    ${each.cause}`)].join('\n');
}
