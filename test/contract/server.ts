// What the contract suite knows about a server: how to reach it as whom, and the two things that no API offers.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { ServerName } from './differences.ts';
import type { Identity } from './wire.ts';

export type ContractUser = 'admin' | 'viewer' | 'nobody';

export type ContractServer = {
  readonly name: ServerName;
  /** Kubeconfig and context of each user. `viewer` may read everything but Secrets, `nobody` nothing. */
  readonly users: Readonly<Record<ContractUser, { readonly kubeconfig: string; readonly context: string }>>;
  /** A running pod whose log grows by at least a line a second, for as long as the suite runs. */
  loggingPod(): Promise<{ readonly namespace: string; readonly name: string; readonly container: string }>;
  /** Makes the server forget its history up to now: every older resourceVersion is gone for watches and lists. */
  forgetHistory(): Promise<void>;
  stop(): Promise<void>;
};

type Kubeconfig = {
  readonly clusters: readonly { name: string; cluster: Record<string, string> }[];
  readonly users: readonly { name: string; user: Record<string, string> }[];
  readonly contexts: readonly { name: string; context: { cluster: string; user: string } }[];
};

/** Reads an identity from a kubeconfig that carries its keys inside, or names their files. */
export function identityOf(server: ContractServer, name: ContractUser): Identity {
  const { kubeconfig, context } = server.users[name];
  const config = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const found = config.contexts.find((each) => each.name === context)?.context;
  const cluster = config.clusters.find((each) => each.name === found?.cluster)?.cluster;
  const user = config.users.find((each) => each.name === found?.user)?.user;
  if (cluster === undefined || user === undefined) throw new Error(`no context ${context} in ${kubeconfig}`);
  const bytes = (entry: Record<string, string>, field: string): Buffer | undefined => {
    const data = entry[`${field}-data`];
    if (data !== undefined) return Buffer.from(data, 'base64');
    const file = entry[field];
    return file === undefined ? undefined : readFileSync(file);
  };
  const ca = bytes(cluster, 'certificate-authority');
  const cert = bytes(user, 'client-certificate');
  const key = bytes(user, 'client-key');
  const token = user['token'];
  if (cluster['server'] === undefined || ca === undefined) throw new Error(`no server or CA for ${context}`);
  return {
    server: cluster['server'],
    ca,
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(token === undefined ? {} : { token }),
  };
}
