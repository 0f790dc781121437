// A running pod with a log file that grows, for tests of follows.
import type { TestCluster } from './cluster.ts';
import { until } from './until.ts';

export type LoggingPod = {
  readonly pod: Promise<{ readonly namespace: string; readonly name: string; readonly container: string }>;
  stop(): Promise<void>;
};

/** Starts it on the first look; a numbered line every `everyMs`. */
export function startLogging(cluster: TestCluster, everyMs = 300): LoggingPod {
  let timer: NodeJS.Timeout | undefined;
  const begin = async () => {
    const pod = { namespace: 'logging', name: 'talker', container: 'app' };
    await cluster.namespace(pod.namespace);
    await cluster.apply([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: pod.name, namespace: pod.namespace },
        spec: { containers: [{ name: pod.container, image: 'registry.test/talker:1' }] },
      },
    ]);
    await until('the talking pod', async () => {
      const object = (await cluster.api.get(`/api/v1/namespaces/${pod.namespace}/pods/${pod.name}`)) as {
        status: { phase: string };
      };
      return object.status.phase === 'Running';
    });
    const log = await cluster.podLog(pod.namespace, pod.name);
    let count = 0;
    const write = (): void => log.write(`line ${count++} of the talker`);
    for (let i = 0; i < 5; i++) write();
    timer = setInterval(write, everyMs);
    await until('its log', async () => {
      const answer = await cluster.api.call('GET', `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log`);
      return answer.body.includes('line 4');
    });
    return pod;
  };
  let started: ReturnType<typeof begin> | null = null;
  return {
    get pod() {
      return (started ??= begin());
    },
    async stop() {
      await started?.catch(() => undefined);
      clearInterval(timer);
    },
  };
}
