// Gates for tests of what lies below the write path: one that is shut, and one that lets a test talk to a server directly.
import { refusalOf } from '../../src/kube/session/lock.ts';
import { createWriteGate, type WriteGate } from '../../src/kube/session/write-gate.ts';

/** Only reads leave. */
export const lockedGate = (reason: string): WriteGate => createWriteGate(() => reason);

/** Everything that is a request leaves, permit or not: for tests that play another client of the same server. */
export const openGate: WriteGate = {
  ...createWriteGate(() => null),
  refusal: (_context, request) => refusalOf(request, { locked: false, reason: '' }),
};
