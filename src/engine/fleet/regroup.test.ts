import { expect, test } from 'vitest';
import { contextOf } from '../../../test/support/fake-kube.ts';
import type { KubeContext } from '../../kube/kubeconfig/context.ts';
import { clusterId, type ClusterId } from '../../core/ids.ts';
import { type KnownCluster, regroup } from './regroup.ts';

const knownOf = (...contexts: readonly KubeContext[]): ReadonlyMap<ClusterId, KnownCluster> =>
  new Map(contexts.map((context) => [context.cluster, { isConnected: true, contexts: [context] }]));
const none: ReadonlyMap<ClusterId, ClusterId> = new Map();

test('what says the same is the same object, also when a neighbour changes; the order is the file’s', () => {
  const [a, b] = [
    contextOf('a', { tls: { ca: { pem: Buffer.from('x') }, serverName: null, insecure: false } }),
    contextOf('b'),
  ];
  const again = { ...a, tls: { ca: { pem: Buffer.from('x') }, serverName: null, insecure: false } };
  const other = { ...b, namespace: 'shop' };

  const { groups, gone, moved } = regroup([other, again], knownOf(a, b), none);

  expect([...groups.keys()]).toEqual([b.cluster, a.cluster]);
  expect(groups.get(a.cluster)?.[0]).toBe(a);
  expect(groups.get(b.cluster)?.[0]).toBe(other);
  expect([gone, moved.size]).toEqual([[], 0]);
  expect(regroup([again, b], knownOf(a, b), none).isSame).toBe(true);
  expect(regroup([b, again], knownOf(a, b), none).isSame).toBe(false);
  expect(regroup([again], knownOf(a, b), none).isSame).toBe(false);
});

test('a name at another address is a cluster that moved; one that was never there is new', () => {
  const a = contextOf('a');
  const { groups, gone, moved } = regroup(
    [{ ...a, cluster: clusterId('elsewhere'), server: 'https://elsewhere' }, contextOf('new')],
    knownOf(a),
    none,
  );
  expect([...groups.keys()]).toEqual(['elsewhere', 'id-new']);
  expect([gone, [...moved]]).toEqual([[a.cluster], ['elsewhere']]);
});

test('contexts that proved to be one cluster stay one, as long as that one is there', () => {
  const [a, b] = [contextOf('a'), contextOf('b')];
  const known = new Map([[a.cluster, { isConnected: true, contexts: [a, b] }]]);
  const folded = new Map([[b.cluster, a.cluster]]);
  expect([...regroup([b], known, folded).groups.keys()]).toEqual([a.cluster]);
  expect([...regroup([b], new Map(), folded).groups.keys()]).toEqual([b.cluster]);
});
