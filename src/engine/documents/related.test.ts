import { expect, test } from 'vitest';
import type { ObjectRef } from '../../core/ids.ts';
import type { RelatedView } from '../../protocol/messages.ts';
import kubernetes from '../../../plugins/kubernetes/index.ts';
import { contextOf, FakeCluster, fakeKube } from '../../../test/support/fake-kube.ts';
import { createEngine } from '../create-engine.ts';

const ownedBy = (kind: string, name: string) => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `uid-${name}`, controller: true }],
});
const meta = (name: string, more: object = {}) => ({ name, namespace: 'shop', uid: `uid-${name}`, ...more });

const deployment = { kind: 'Deployment', metadata: meta('cart'), spec: { replicas: 1 } };
const replicaSet = {
  kind: 'ReplicaSet',
  metadata: meta('cart-7', ownedBy('Deployment', 'cart')),
  spec: { replicas: 1 },
};
const pod = {
  kind: 'Pod',
  metadata: meta('cart-7-x', ownedBy('ReplicaSet', 'cart-7')),
  spec: {
    nodeName: 'n1',
    containers: [{ name: 'main', envFrom: [{ configMapRef: { name: 'settings' } }, { secretRef: { name: 'keys' } }] }],
    volumes: [
      { name: 'v', persistentVolumeClaim: { claimName: 'data' } },
      { name: 's', secret: { secretName: 'keys' } },
    ],
  },
  status: { phase: 'Running' },
};

const refOf = (kind: string, resource: string, group: string, name: string): ObjectRef => ({
  cluster: contextOf('eu').cluster,
  type: { group, version: 'v1', resource },
  kind,
  namespace: 'shop',
  name,
  uid: `uid-${name}`,
});

async function start() {
  const eu = new FakeCluster('eu');
  const at = (path: string, answer: object) => eu.answers.set(path, () => answer);
  at('/apis/apps/v1/namespaces/shop/deployments/cart', deployment);
  at('/apis/apps/v1/namespaces/shop/replicasets/cart-7', replicaSet);
  at('/api/v1/namespaces/shop/pods/cart-7-x', pod);
  const engine = createEngine({
    contexts: [contextOf('eu')],
    currentContext: null,
    plugins: [kubernetes],
    kube: fakeKube([eu]),
  });
  await expect.poll(() => eu.has('deployments') && eu.has('replicasets') && eu.has('pods')).toBe(true);
  eu.sync('deployments', [deployment]);
  eu.sync('replicasets', [replicaSet]);
  eu.sync('pods', [pod]);
  eu.sync('events', [{ ...pod, kind: 'Event', metadata: meta('cart-7-x.1'), involvedObject: { uid: 'uid-cart-7-x' } }]);
  const related = async (ref: ObjectRef): Promise<readonly string[]> => {
    const answer = await engine.ask({ ask: 'related', ref });
    if (!answer.ok) throw new Error(answer.message);
    return (answer.value as readonly RelatedView[]).map((r) => `${r.relation} ${r.depth} ${r.ref.kind} ${r.ref.name}`);
  };
  return { engine, related };
}

test('a pod: its owners from the outermost in, itself, and what it uses, each once', async () => {
  const { engine, related } = await start();
  using _engine = engine;
  expect(await related(refOf('Pod', 'pods', '', 'cart-7-x'))).toEqual([
    'owner 0 Deployment cart',
    'owner 0 ReplicaSet cart-7',
    'this 0 Pod cart-7-x',
    'uses 0 Node n1',
    'uses 0 PersistentVolumeClaim data',
    'uses 0 Secret keys',
    'uses 0 ConfigMap settings',
  ]);
});

test('a Deployment: everything below it, each under its owner', async () => {
  const { engine, related } = await start();
  using _engine = engine;
  expect(await related(refOf('Deployment', 'deployments', 'apps', 'cart'))).toEqual([
    'this 0 Deployment cart',
    'owned 1 ReplicaSet cart-7',
    'owned 2 Pod cart-7-x',
  ]);
});

test('what cannot be read and is not known is refused with the words of the server', async () => {
  const { engine, related } = await start();
  using _engine = engine;
  await expect(related(refOf('Pod', 'pods', '', 'other'))).rejects.toThrow('nothing at');
});
