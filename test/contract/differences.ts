// The one place where the contract suite knows which server it runs on: what is known to be different, and why.
// A test listed here must fail on that server; when it passes, the entry has to go.

export type ServerName = 'demo' | 'demo without WatchList' | 'real' | 'real without WatchList';

export type Difference = {
  readonly server: ServerName;
  /** The test's name, without the names of its groups. */
  readonly test: string;
  readonly cause: string;
};

// Started with the feature gate WatchList off, as it is by default in 1.31 and 1.33.
const withoutWatchList = ['demo without WatchList', 'real without WatchList'] as const;

const needsWatchList = [
  'WatchList streams the whole set, marks its end with a bookmark, and goes on as a watch',
  'WatchList of an empty set is its end mark alone',
  'where a server can stream the first set, it is streamed: no fall-back is taken',
];

export const differences: readonly Difference[] = withoutWatchList.flatMap((server) =>
  needsWatchList.map((test) => ({ server, test, cause: 'the feature gate WatchList is off' })),
);

/** Second-best ways that a server leaves no choice about: nothing else may be taken by any session of the suite. */
const neededFallbacks: readonly { readonly server: ServerName; readonly fallback: string; readonly cause: string }[] =
  withoutWatchList.map((server) => ({ server, fallback: 'watchlist', cause: 'the feature gate WatchList is off' }));

/** What of the fall-backs that were taken had a first way. */
export const needlessFallbacks = (server: ServerName, taken: Iterable<string>): readonly string[] =>
  [...taken].filter((each) => !neededFallbacks.some((known) => known.server === server && known.fallback === each));

/** The known differences of one server as lines to print. */
export function printedDifferences(server: ServerName): string {
  const own = [
    ...differences.filter((each) => each.server === server).map((each) => `  ${each.test}\n    ${each.cause}`),
    ...neededFallbacks
      .filter((each) => each.server === server)
      .map((each) => `  falls back from ${each.fallback}\n    ${each.cause}`),
  ];
  if (own.length === 0) return `known differences of ${server}: none`;
  return [`known differences of ${server}:`, ...own].join('\n');
}
