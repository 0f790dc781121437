// The configuration as the rest of the program sees it: every value there, defaults filled in, globs still as written.
import type { ClusterRole } from '../core/cluster.ts';
import { isGlob, matchesGlob } from '../core/glob.ts';
import type { PaneName } from '../core/pane-names.ts';

/** What a person says of the clusters whose name matches. Absent: not said. */
export type ClusterRule = {
  /** A context or cluster name, or a glob. */
  readonly match: string;
  readonly alias?: string;
  readonly role?: ClusterRole;
  readonly stage?: string;
  readonly protected?: boolean;
  readonly namespaces?: readonly string[];
  /** 1–12, as the swatches are counted. */
  readonly hue?: number;
};

/** What is wrong, where and what to do: `file:line:column: what; next`. */
export type ConfigProblem = {
  readonly file: string;
  /** From 1; 0: the file as a whole. */
  readonly line: number;
  readonly column: number;
  readonly what: string;
  readonly next: string;
};

export type DeckPlan = {
  readonly rows: readonly {
    readonly share: number;
    readonly panes: readonly { readonly pane: PaneName; readonly share: number }[];
  }[];
};

export type Config = {
  /** In file order. */
  readonly clusters: readonly ClusterRule[];
  /** Read where namespaces may not be listed. */
  readonly namespaces: readonly string[];
  readonly theme: 'auto' | 'dark' | 'light' | 'contrast';
  /** Null: decided from the terminal. */
  readonly ascii: boolean | null;
  readonly decks: Readonly<Record<string, DeckPlan>>;
  /** Keys by action; an empty list takes the action's keys away. */
  readonly keys: Readonly<Record<string, readonly string[]>>;
  /** Scope lines by name. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly logs: { readonly ringBytes: number };
  readonly plugins: { readonly disabled: readonly string[] };
};

export const defaultConfig: Config = {
  clusters: [],
  namespaces: [],
  theme: 'auto',
  ascii: null,
  decks: {},
  keys: {},
  scopes: {},
  logs: { ringBytes: 64 * 1024 * 1024 },
  plugins: { disabled: [] },
};

/**
 * What is said of one cluster by any of its names: globs first, then entries that name it exactly, each in file order, so
 * that what is more exact wins. `match` of the answer is the first name.
 */
export function clusterSettings(config: Config, names: readonly string[]): ClusterRule {
  const fits = config.clusters.filter((rule) => names.some((name) => matchesGlob(rule.match, name)));
  const globs = fits.filter((rule) => isGlob(rule.match) && !names.includes(rule.match));
  const exact = fits.filter((rule) => !globs.includes(rule));
  return Object.assign({}, ...globs, ...exact, { match: names[0] ?? '' });
}
