// What the write path is given.
import type { WriteGate } from '../kube/session/write-gate.ts';
import type { Journal } from './journal.ts';
import type { Inverse } from './plan.ts';
import type { TrackDeps } from './track/track.ts';

export type ActionDeps = TrackDeps & {
  readonly gate: WriteGate;
  readonly journal: Journal;
  /** On every request; the action's id is added, so that the server's audit log can be matched to the journal. */
  readonly userAgent: string;
  /** What takes an action of this or an earlier run back; null: nothing does. */
  readonly inverseOf: (action: string) => Promise<Inverse | null>;
  /** This program, for the journal. */
  readonly here: { readonly host: string; readonly pid: number };
  /** A name for an action, unique on this machine. */
  readonly newId: () => string;
};
