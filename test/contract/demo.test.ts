// The contract suite against the embedded fleet: the same tests that hold a real API server.
import { fork } from 'node:child_process';
import { type DemoProcess, startDemo } from '../../src/demo/start.ts';
import { declareContract } from './contract.ts';
import type { ServerName } from './differences.ts';
import type { ContractServer, ContractUser } from './server.ts';
import { suites } from './suites.ts';
import { findTalkingPod } from './talking-pod.ts';
import type { Identity } from './wire.ts';

async function start(name: ServerName, cluster: string): Promise<ContractServer> {
  // What fork gives has more overloads than a demo needs.
  const spawn = (entry: URL): DemoProcess =>
    fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] }) as unknown as DemoProcess;
  const demo = await startDemo({ only: [cluster], incident: false, failingLogin: false, seed: 1 }, spawn);
  const found = demo.clusters.find((each) => each.name === cluster);
  if (found === undefined) throw new Error(`the demo has no cluster ${cluster}`);
  const identity = (user: ContractUser): Identity => {
    const proof = found.users[user];
    const base = { server: found.server, ca: Buffer.from(found.ca) };
    return proof.by === 'token'
      ? { ...base, token: proof.token }
      : { ...base, cert: Buffer.from(proof.cert), key: Buffer.from(proof.key) };
  };
  const identities = { admin: identity('admin'), viewer: identity('viewer'), nobody: identity('nobody') };
  let talking: ReturnType<typeof findTalkingPod> | null = null;
  return {
    name,
    identities,
    loggingPod: () => (talking ??= findTalkingPod(identities.admin)),
    async forgetHistory() {
      await demo.fault(cluster, { type: 'compact' });
      // A real one has to be restarted for it.
      await demo.fault(cluster, { type: 'reset' });
    },
    stop: () => demo.stop(),
  };
}

// 1.34 has WatchList on, 1.33 has it off, in the demo as in the world.
declareContract('demo', suites, () => start('demo', 'iterate-eu'));
declareContract('demo without WatchList', suites, () => start('demo without WatchList', 'run-us'));
