// How long a reflector waits for what. The numbers are client-go's where it has one (tools/cache/reflector.go).
import { type BackoffSteps, reflectorSteps } from '../backoff.ts';
import { type StreamTimes, streamTimes } from './watch-stream.ts';

export type ReflectorTimes = StreamTimes & {
  /** A watch is asked for this long, at random between the two. client-go: 300–600 s. */
  readonly watchSeconds: readonly [least: number, most: number];
  /** The same when several watches share few HTTP/1.1 connections. */
  readonly sharedSeconds: readonly [least: number, most: number];
  /** A denied or absent resource is looked at again after this long, at random between the two. */
  readonly recheckMs: readonly [least: number, most: number];
  /**
   * Looks at a denial that may pass by itself, one after the other, before `recheckMs` counts: for about a second after
   * its start an API server refuses everybody, because its authoriser has read no roles yet.
   */
  readonly recheckSoonMs: readonly number[];
  /** The first look at a list that may not be watched; after it `recheckMs` counts. */
  readonly recheckListMs: number;
  readonly loginMs: number;
  /** Pauses after failures. */
  readonly backoff: BackoffSteps;
  /** Between two full sets because of versions that expire at once. */
  readonly relistMs: number;
  /** After a watch that lived so long an expired version is news, and not one more of a server that expires all at once. */
  readonly livedMs: number;
  /** A LIST that brings no byte for so long is given up. */
  readonly listStallMs: number;
  /** A watch that ended sooner and brought nothing counts as failed. */
  readonly shortMs: number;
};

export const reflectorTimes: ReflectorTimes = {
  ...streamTimes,
  watchSeconds: [300, 600],
  sharedSeconds: [10, 15],
  recheckMs: [300_000, 600_000],
  recheckSoonMs: [1_000, 2_000, 5_000, 15_000],
  recheckListMs: 5_000,
  loginMs: 60_000,
  backoff: reflectorSteps,
  relistMs: 10_000,
  livedMs: 1_000,
  listStallMs: 30_000,
  shortMs: 1_000,
};
