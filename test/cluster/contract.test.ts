// The contract suite against real API servers: one as it comes, one that refuses WatchList.
import { afterAll, describe } from 'vitest';
import { declareContract } from '../contract/contract.ts';
import type { ServerName } from '../contract/differences.ts';
import type { ContractServer } from '../contract/server.ts';
import { suites } from '../contract/suites.ts';
import { controlPlaneAvailability } from './availability.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { startLogging } from './logging-pod.ts';

const here = controlPlaneAvailability();

describe.skipIf(!here.available)('real API servers', () => {
  let plane: Promise<ControlPlane> | null = null;

  const start = async (cluster: 'c1' | 'c2', name: ServerName): Promise<ContractServer> => {
    plane ??= startControlPlane({ clusters: [{ name: 'c1' }, { name: 'c2', gates: { WatchList: false } }], nodes: 1 });
    const running = await plane;
    const own = running.cluster(cluster);
    const logging = startLogging(own);
    const base = { server: own.server, ca: running.certificates.ca };
    const withToken = (user: string) => ({ ...base, token: own.users.find((each) => each.name === user)?.token ?? '' });
    return {
      name,
      identities: {
        admin: { ...base, ...running.certificates.admin },
        viewer: withToken('ns-only'),
        nobody: withToken('nobody'),
      },
      loggingPod: () => logging.pod,
      async forgetHistory() {
        await own.compact();
        // Its watch cache still remembers: a new one starts at the current version.
        await own.restart();
      },
      stop: () => logging.stop(),
    };
  };

  afterAll(async () => {
    await (await plane)?.stop();
  });

  declareContract('real', suites, () => start('c1', 'real'));
  declareContract('real without WatchList', suites, () => start('c2', 'real without WatchList'));
});
