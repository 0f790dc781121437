// A problem: something wrong now, with evidence. Rules find them in single objects or in what several say together.
import type { ObjectRef } from './ids.ts';

export type Severity = 'fail' | 'warn' | 'info';

/** What a rule says of one object. Texts are sanitised before they are stored. */
export type Finding = {
  /** Id of the rule, kebab-case: `crash-loop`. */
  readonly rule: string;
  readonly severity: Severity;
  /** Two words at most: `CrashLoop`, `Image pull`. */
  readonly title: string;
  /** Why, in one line, with the numbers: `OOMKilled (137), 14 restarts`. */
  readonly message: string;
  /**
   * What makes two findings the same problem in several clusters or pods: the reason without names, counts and times.
   * Findings of equal rule, namespace, app and cause fold to one row.
   */
  readonly cause: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
  /** Not a problem before this time (grace, progress deadline); absent: at once. */
  readonly activeAt?: number;
  /**
   * No problem any more from this time on, unless it is found again (a warning that was not repeated); absent: until
   * the rule no longer finds it. Milliseconds since the epoch, like `activeAt`.
   */
  readonly until?: number;
  /** Lines that prove it, each whole: quoted conditions, events, counters. */
  readonly evidence: readonly string[];
};

/** A finding with the object it is about. */
export type Problem = Finding & {
  readonly ref: ObjectRef;
  /** App or workload that it belongs to, else the object's own name. */
  readonly app: string;
};
