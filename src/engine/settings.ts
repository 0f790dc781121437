// What the engine is told at its start, as plain data: it crosses to the engine's thread.
import type { Scope } from '../core/query.ts';
import type { ClusterRule } from '../config/config.ts';
import type { Turns } from './fleet/turns.ts';

export type EngineSettings = {
  /** Clusters named by `--cluster`: names or globs. Empty: all, within the limit. */
  readonly clusters: readonly string[];
  /** Namespaces named by `-n` and by the configuration, for people who may not list them. */
  readonly namespaces: readonly string[];
  /** What the configuration says of single clusters. */
  readonly rules: readonly ClusterRule[];
  /** Scope of the last session: its clusters connect first. */
  readonly lastScope: Scope | null;
  /** Hues 0–11 that were shown before, by the UID of a cluster and by its id. */
  readonly hues: Readonly<Record<string, number>>;
  /** More clusters than this stay parked until they are asked for. */
  readonly connectLimit: number;
  /** A command: all are asked, these many at a time. Null (the screen): what is to be connected is, at once. */
  readonly turns: Turns | null;
  /** Bytes that the logs of one view may hold. */
  readonly logBytes: number;
};

export const defaultSettings: EngineSettings = {
  clusters: [],
  namespaces: [],
  rules: [],
  lastScope: null,
  hues: {},
  connectLimit: 50,
  turns: null,
  logBytes: 64 * 1024 * 1024,
};
