// Names of the facts that rows carry for join rules. Only what some rule reads, and only where it differs from the rule.
import { field, items, numberOf, textOf } from '../../src/plugin-api/read.ts';
import type { Fact } from '../../src/plugin-api/plugin.ts';

/** What join rules know of a pod. A pod that is well has no facts at all. */
export type PodFacts = {
  /** Rule that names what is wrong with this pod itself (a crash loop, an image); it explains what follows from it. */
  readonly problem?: string;
  /** Milliseconds since the epoch from which the pod should have been ready and was not. */
  readonly unready?: number;
  /** How long that is normal, in milliseconds. */
  readonly grace?: number;
  /** The Ready condition's own words, or why a container waits. */
  readonly detail?: string;
  /** Not all containers were started yet. */
  readonly starting?: true;
  /** Claims that a pod which is not running yet waits for. */
  readonly claims?: readonly string[];
  /** How its failed container ended: `exit 1`, `OOMKilled (137)`. */
  readonly exit?: string;
  /** Finished, or being deleted: nothing is expected of it. */
  readonly over?: true;
  /** A drain leaves it where it is: a DaemonSet's or the node's own. */
  readonly stays?: true;
};

/** What join rules know of a workload. */
export type WorkloadFacts = {
  readonly kind: string;
  readonly want: number;
  /** Pods that there are, of whatever revision. */
  readonly have: number;
  readonly ready: number;
  /** Labels of its pods, to find what a Service selects. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Past its progress deadline since then. */
  readonly stuckAt?: number;
  /** The condition's words. */
  readonly stuckWhy?: string;
  /** Its pods are refused by the API server, which has a problem of its own. */
  readonly refused?: true;
  /** A StatefulSet's two revisions, when it updates its pods by itself. */
  readonly revision?: string;
  readonly updating?: true;
  readonly onDelete?: true;
  readonly over?: true;
};

/** What join rules know of a warning event. */
export type EventFacts = {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
};

export const factText = (fact: Fact, key: string): string => textOf(field(fact.facts, key));
export const factNumber = (fact: Fact, key: string): number | undefined => {
  const value = field(fact.facts, key);
  return typeof value === 'number' ? value : undefined;
};
export const factCount = (fact: Fact, key: string): number => numberOf(field(fact.facts, key), 0);
export const factFlag = (fact: Fact, key: string): boolean => field(fact.facts, key) === true;
export const factList = (fact: Fact, key: string): readonly unknown[] => items(field(fact.facts, key));
