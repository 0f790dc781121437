// All suites of the contract, in the order in which they run: the last one makes the server forget its history.
import type { Suite } from './contract.ts';
import { actionsSuite } from './suites/actions.ts';
import { connectionSuite } from './suites/connection.ts';
import { discoverySuite } from './suites/discovery.ts';
import { errorsSuite } from './suites/errors.ts';
import { expirySuite } from './suites/expiry.ts';
import { kubeSuite } from './suites/kube.ts';
import { listSuite } from './suites/list.ts';
import { logsSuite } from './suites/logs.ts';
import { rightsSuite } from './suites/rights.ts';
import { watchSuite } from './suites/watch.ts';

export const suites: readonly Suite[] = [
  discoverySuite,
  listSuite,
  watchSuite,
  rightsSuite,
  errorsSuite,
  connectionSuite,
  logsSuite,
  kubeSuite,
  actionsSuite,
  expirySuite,
];
