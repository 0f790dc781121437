// An engine's worker for tests of its life: one cluster with one pod, and a plugin that misbehaves when it is told to.
import { contextOf, FakeCluster, fakeKube, podOf } from './fake-kube.ts';
import { serveEngineWorker } from '../../src/engine/hosts/serve-engine-worker.ts';
import { text } from '../../src/core/object.ts';
import { definePlugin } from '../../src/plugin-api/plugin.ts';

/** [0]: how many engines were started. [1]: what the first of them does: 1 throws, 2 hangs in a plugin, 3 exits, 4 eats its memory. */
export type EngineWorkerSettings = { readonly orders: SharedArrayBuffer };

const column = { id: 'name', title: 'POD', type: 'name', min: 3, ideal: 8, max: 20, priority: 0 } as const;

await serveEngineWorker<EngineWorkerSettings>(async ({ orders }, without) => {
  const counts = new Int32Array(orders);
  const isFirst = Atomics.add(counts, 0, 1) === 0;
  const order = isFirst ? (counts[1] ?? 0) : 0;
  // At any time: whoever runs when it becomes 5 throws.
  setInterval(() => {
    if (Atomics.compareExchange(counts, 1, 5, 0) === 5) throw new Error('another bug');
  }, 10).unref();
  const cluster = new FakeCluster('run-eu');
  const kube = fakeKube([cluster]);
  const pods = definePlugin({
    id: 'pods',
    apiVersion: 1,
    title: 'pods',
    tables: [{ id: 'pods', title: 'Pods', columns: [column] }],
    watch: [
      {
        group: '',
        resource: 'pods',
        when: 'always',
        pick: { status: 1 },
        into: 'pods',
        toRow: (o) => ({ health: 'ok', created: 0, cells: [text(o, 'metadata', 'name')] }),
      },
    ],
  });
  const hangs = definePlugin({
    id: 'hangs',
    apiVersion: 1,
    title: 'hangs',
    watch: [
      {
        group: '',
        resource: 'pods',
        when: 'always',
        pick: { status: 1 },
        toRow: () => {
          // oxlint-disable-next-line no-unmodified-loop-condition -- it is meant to hang
          while (order === 2);
          return undefined;
        },
      },
    ],
  });
  return {
    options: {
      contexts: [contextOf('run-eu')],
      currentContext: null,
      plugins: [pods, hangs].filter((plugin) => !without.includes(plugin.id)),
      kube: {
        ...kube,
        watch: (request) => {
          const watcher = kube.watch(request);
          setTimeout(() => {
            if (request.type.resource === 'pods') cluster.sync('pods', [podOf('cart-1')]);
            if (order === 1) throw new Error('a bug');
            if (order === 3) process.exit(7);
            if (order === 4) for (const kept: object[] = []; ; ) kept.push({ more: kept.length });
          }, 50);
          return watcher;
        },
      },
    },
  };
});
