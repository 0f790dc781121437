// What the engine is told at its start, as plain data: it crosses to the engine's thread.
import type { ClusterRole } from '../core/cluster.ts';
import type { Scope } from '../core/query.ts';

/** What the configuration says of a cluster; `match` is a glob over its names. */
export type ClusterSettings = {
  readonly match: string;
  readonly alias?: string;
  readonly role?: ClusterRole;
  readonly protected?: boolean;
  /** Namespaces to look into where the cluster as a whole may not be listed. */
  readonly namespaces?: readonly string[];
};

export type EngineSettings = {
  /** Clusters named by `--cluster`: names or globs. Empty: all, within the limit. */
  readonly clusters: readonly string[];
  /** Namespaces named by `-n` and by the configuration, for people who may not list them. */
  readonly namespaces: readonly string[];
  readonly settings: readonly ClusterSettings[];
  /** Scope of the last session: its clusters connect first. */
  readonly lastScope: Scope | null;
  /** Hues by cluster id that were shown before. */
  readonly hues: Readonly<Record<string, number>>;
  /** More clusters than this stay parked until they are asked for. */
  readonly connectLimit: number;
  /** Bytes that the logs of one view may hold. */
  readonly logBytes: number;
};

export const defaultSettings: EngineSettings = {
  clusters: [],
  namespaces: [],
  settings: [],
  lastScope: null,
  hues: {},
  connectLimit: 50,
  logBytes: 64 * 1024 * 1024,
};
