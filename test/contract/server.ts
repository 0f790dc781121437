// What the contract suite knows about a server: how to reach it as whom, and the two things that no API offers.
import type { ServerName } from './differences.ts';
import type { Identity } from './wire.ts';

/** `admin` may do everything. The suite itself gives `viewer` a few rights; `nobody` has none. */
export type ContractUser = 'admin' | 'viewer' | 'nobody';

export type ContractServer = {
  readonly name: ServerName;
  readonly identities: Readonly<Record<ContractUser, Identity>>;
  /** A running pod whose log grows by at least a line in two seconds, for as long as the suite runs. */
  loggingPod(): Promise<{ readonly namespace: string; readonly name: string; readonly container: string }>;
  /** Makes the server forget its history up to now: every older resourceVersion is gone for watches and lists. */
  forgetHistory(): Promise<void>;
  stop(): Promise<void>;
};
