// The control plane itself: pods fail and heal by their image, servers can be broken and mended, users have the rights
// they should have, and nothing is left behind.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controlPlaneAvailability } from './availability.ts';
import type { TestCluster } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { until } from './until.ts';

type Pod = {
  metadata: { name: string };
  status: {
    phase: string;
    containerStatuses: {
      ready: boolean;
      restartCount: number;
      state: { waiting?: { reason: string; message?: string }; running?: object };
      lastState: { terminated?: { exitCode: number; reason: string } };
    }[];
  };
};

const here = controlPlaneAvailability();

describe.skipIf(!here.available)('a real control plane', () => {
  let plane: ControlPlane;
  let one: TestCluster;
  let two: TestCluster;
  const namespace = 'fates';

  beforeAll(async () => {
    plane = await startControlPlane({
      clusters: 2,
      users: [{ name: 'guest', token: 'guest-token', groups: ['guests'] }],
    });
    one = plane.cluster('c1');
    two = plane.cluster('c2');
    await one.namespace(namespace);
  });
  afterAll(() => plane?.stop());

  const deploy = (name: string, image: string, container: object = {}): Promise<void> =>
    one.apply([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, namespace },
        spec: {
          selector: { matchLabels: { app: name } },
          template: {
            metadata: { labels: { app: name } },
            spec: { containers: [{ name: 'app', image, ...container }] },
          },
        },
      },
    ]);
  const pods = async (app: string): Promise<Pod[]> =>
    ((await one.api.get(`/api/v1/namespaces/${namespace}/pods?labelSelector=app%3D${app}`)) as { items: Pod[] }).items;
  const podWith = (
    app: string,
    is: (status: Pod['status']['containerStatuses'][number], pod: Pod) => boolean,
  ): Promise<Pod> =>
    until(
      `a pod of ${app}`,
      async () =>
        (await pods(app)).find((pod) => (pod.status.containerStatuses ?? []).some((status) => is(status, pod))),
      { timeoutMs: 40_000 },
    );
  const waitsFor = (app: string, reason: string): Promise<Pod> =>
    podWith(app, (status) => status.state.waiting?.reason === reason);
  const events = async (pod: Pod): Promise<string[]> => {
    const list = (await one.api.get(
      `/api/v1/namespaces/${namespace}/events?fieldSelector=involvedObject.name%3D${pod.metadata.name}`,
    )) as {
      items: { reason: string; message: string }[];
    };
    return list.items.map((event) => `${event.reason}: ${event.message}`);
  };

  test('an ordinary image runs and is ready', async () => {
    await deploy('fine', 'registry.test/fine:1');

    const pod = await podWith('fine', (status) => status.ready);

    expect(pod.status.phase).toBe('Running');
  });

  test('/missing cannot be pulled, with the words of a kubelet', async () => {
    const image = 'registry.test/shop/missing:1.2';
    await deploy('lost', image);

    const pod = await waitsFor('lost', 'ImagePullBackOff');

    expect(pod.status.phase).toBe('Pending');
    expect(pod.status.containerStatuses[0]?.state.waiting?.message).toMatch(
      `Back-off pulling image "${image}": ErrImagePull: rpc error: code = NotFound`,
    );
    expect(await events(pod)).toEqual(
      expect.arrayContaining(['Error: ErrImagePull', 'Error: ImagePullBackOff'].map((text) => `Failed: ${text}`)),
    );
    expect(await events(pod)).toContain(`BackOff: Back-off pulling image "${image}"`);
  });

  test('/crash ends with its exit code, again and again', async () => {
    await deploy('crash', 'registry.test/shop/crash-42:1');

    const pod = await podWith(
      'crash',
      (status) => status.restartCount >= 2 && status.state.waiting?.reason === 'CrashLoopBackOff',
    );

    expect(pod.status.phase).toBe('Running');
    expect(pod.status.containerStatuses[0]?.lastState.terminated).toMatchObject({ exitCode: 42, reason: 'Error' });
    expect(
      (await events(pod)).some((each) =>
        each.startsWith('BackOff: Back-off restarting failed container app in pod crash-'),
      ),
    ).toBe(true);
  });

  test('/oom is killed for its memory, /slow never gets ready, /badconfig misses what its environment names', async () => {
    await deploy('oom', 'registry.test/oom:1');
    await deploy('slow', 'registry.test/slow:1');
    await deploy('badconfig', 'registry.test/badconfig:1', { envFrom: [{ configMapRef: { name: 'settings' } }] });

    const oom = await waitsFor('oom', 'CrashLoopBackOff');
    const slow = await podWith('slow', (status) => status.state.running !== undefined && !status.ready);
    const badconfig = await waitsFor('badconfig', 'CreateContainerConfigError');

    expect(oom.status.containerStatuses[0]?.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    expect(slow.status.phase).toBe('Running');
    expect(badconfig.status.containerStatuses[0]?.state.waiting?.message).toBe('configmap "settings" not found');
  });

  test('a Job completes, one that crashes fails', async () => {
    const job = (name: string, image: string): object => ({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace },
      spec: { backoffLimit: 0, template: { spec: { restartPolicy: 'Never', containers: [{ name: 'run', image }] } } },
    });
    await one.apply([job('good', 'registry.test/good:1'), job('bad', 'registry.test/crash:1')]);
    const condition = (name: string, type: string) =>
      until(`${name} to be ${type}`, async () => {
        const object = (await one.api.get(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`)) as {
          status: { conditions?: { type: string; status: string }[] };
        };
        return object.status.conditions?.some((each) => each.type === type && each.status === 'True');
      });

    expect(await Promise.all([condition('good', 'Complete'), condition('bad', 'Failed')])).toEqual([true, true]);
  });

  test('a pod heals when its image changes', async () => {
    await one.apply([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'ill', namespace, labels: { app: 'ill' } },
        spec: { containers: [{ name: 'app', image: 'registry.test/missing:1' }] },
      },
    ]);
    await waitsFor('ill', 'ImagePullBackOff');

    await one.kubectl('-n', namespace, 'set', 'image', 'pod/ill', 'app=registry.test/fine:2');

    expect((await podWith('ill', (status) => status.ready)).metadata.name).toBe('ill');
  });

  test('a pod says what is written into its log file, and a follow goes on', async () => {
    const pod = await podWith('fine', (status) => status.ready);
    const log = await one.podLog(namespace, pod.metadata.name, { previous: ['the run before'] });
    log.write(['first', 'second']);
    const read = (query = ''): Promise<string> =>
      one.api
        .call('GET', `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/log?${query}`)
        .then((answer) => answer.body);

    expect(await until('the log', async () => (await read()).includes('second') && read())).toBe('first\nsecond\n');
    expect(await read('previous=true')).toBe('the run before\n');
    expect(await read('timestamps=true&tailLines=1')).toMatch(/^\d{4}-.*Z second\n$/);
  });

  test('nodes fall ill and recover', async () => {
    await one.nodeFault('c1-node-2', 'NotReady');
    const taints = await until('the taint of the node controller', async () => {
      const node = (await one.api.get('/api/v1/nodes/c1-node-2')) as { spec: { taints?: { key: string }[] } };
      return node.spec.taints?.some((taint) => taint.key === 'node.kubernetes.io/not-ready');
    });
    await one.nodeFault('c1-node-2', null);

    expect(taints).toBe(true);
    expect(await one.kubectl('get', 'node', 'c1-node-2', '--no-headers')).toMatch(/ Ready /);
  });

  test('users have the rights they should have, and lose them', async () => {
    const may = async (user: string, ...what: string[]): Promise<boolean> => {
      const answer = await two.kubectl('auth', 'can-i', '--as', user, ...what).catch((error: Error) => error.message);
      return answer.startsWith('yes');
    };
    expect(await may('viewer', 'list', 'pods', '-A')).toBe(true);
    expect(await may('viewer', 'list', 'secrets', '-A')).toBe(false);
    expect(await may('nobody', 'list', 'pods', '-A')).toBe(false);
    expect(await may('ns-only', 'list', 'pods', '-n', 'only')).toBe(true);
    expect(await may('ns-only', 'list', 'pods', '-A')).toBe(false);

    const grant = await two.grant('guest', { role: [{ apiGroups: [''], resources: ['pods'], verbs: ['list'] }] });
    expect(await may('guest', 'list', 'pods', '-A')).toBe(true);
    await grant.revoke();

    expect(await until('the right to go', async () => !(await may('guest', 'list', 'pods', '-A')))).toBe(true);
  });

  test('a token that is revoked is unknown afterwards', async () => {
    const status = async (): Promise<number> => {
      const token = 'guest-token';
      const { request } = await import('node:https');
      return new Promise((resolve, reject) => {
        const asked = request(
          `${two.server}/api`,
          { ca: plane.certificates.ca, headers: { authorization: `Bearer ${token}` } },
          (answer) => {
            answer.resume();
            resolve(answer.statusCode ?? 0);
          },
        );
        asked.on('error', reject);
        asked.end();
      });
    };
    expect(await status()).toBe(200);

    await two.revokeToken('guest');

    expect(await status()).toBe(401);
  });

  test('a server that is frozen does not answer, one that is killed refuses, and both come back', async () => {
    const asks = (): Promise<string> => two.kubectl('get', '--raw', '/readyz', '--request-timeout=2s');
    two.freeze();
    await expect(asks()).rejects.toThrow(/deadline|timeout|Timeout/);
    two.thaw();
    expect(await until('the thawed server', asks)).toBe('ok');

    await two.kill();
    await expect(asks()).rejects.toThrow(/refused/);
    // The other cluster has its own server.
    expect(await one.kubectl('get', '--raw', '/readyz')).toBe('ok');
    await two.restart();

    expect(await asks()).toBe('ok');
  });

  test('two control planes at once do not meet, and stopping leaves nothing behind', async () => {
    const other = await startControlPlane({ clusters: [{ name: 'c1', controllers: false }] });
    const ports = [other.clusters[0], one].map((cluster) => cluster?.server);
    await other
      .cluster('c1')
      .apply([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mine', namespace: 'default' } }]);

    expect(new Set(ports).size).toBe(2);
    expect((await one.api.call('GET', '/api/v1/namespaces/default/configmaps/mine')).status).toBe(404);
    await other.stop();
    expect(existsSync(other.dir)).toBe(false);
    await expect(other.cluster('c1').api.call('GET', '/readyz')).rejects.toThrow(/ECONNREFUSED/);
  });
});
