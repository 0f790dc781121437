import { expect, test } from 'vitest';
import { newAccess } from '../../kube/discovery/access-cache.ts';
import type { Session, SessionRequest } from '../../kube/session/contract.ts';
import { contextOf, FakeCluster, served } from '../../../test/support/fake-kube.ts';
import { rightsOf } from './unit-rights.ts';
import type { WantedWatch } from './watch-plan.ts';

/** A server that allows logs, and everything about the resources that are named. */
function serverThat(allows: readonly string[], incomplete = false) {
  const asked: string[] = [];
  const session: Session = {
    ...new FakeCluster('eu').session(contextOf('eu')),
    json: async ({ path, body }: SessionRequest) => {
      const { spec } = JSON.parse(String(body ?? '{}')) as {
        spec?: { namespace?: string; resourceAttributes?: { resource: string } };
      };
      asked.push(`${path.split('/').at(-1)} ${spec?.namespace ?? spec?.resourceAttributes?.resource ?? ''}`.trim());
      if (path.endsWith('selfsubjectreviews'))
        return { status: { userInfo: { username: 'jane', groups: ['on-call', 'system:authenticated'] } } };
      if (path.endsWith('selfsubjectrulesreviews'))
        return {
          status: { resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods/log'] }], incomplete },
        };
      return { status: { allowed: allows.includes(spec?.resourceAttributes?.resource ?? '') } };
    },
  };
  return { session, asked, access: newAccess(session) };
}

const dormant = (group: string, resource: string, namespaced = true): WantedWatch => ({
  key: resource,
  resource: served(group, resource, resource, { namespaced }),
  fieldSelector: '',
  pick: 1,
  more: null,
  isAlways: false,
  definitions: [],
});
const { signal } = new AbortController();

test('who one is, whether logs may be read, and what nobody has looked at yet', async () => {
  const { session, access, asked } = serverThat(['ingresses']);
  const kinds = [dormant('networking.k8s.io', 'ingresses'), dormant('storage.k8s.io', 'storageclasses', false)];
  const ask = () => rightsOf({ session, access, namespaces: [], defaultNamespace: 'shop', dormant: kinds, signal });

  expect(await ask()).toEqual({
    user: 'jane',
    groups: ['on-call', 'system:authenticated'],
    rights: [
      { rule: 'get pods/log in namespace shop', verdict: 'yes' },
      { rule: 'list ingresses.networking.k8s.io at the cluster scope', verdict: 'yes' },
      { rule: 'list storageclasses.storage.k8s.io at the cluster scope', verdict: 'no' },
    ],
  });
  expect(asked.toSorted()).toEqual([
    'selfsubjectaccessreviews ingresses',
    'selfsubjectaccessreviews storageclasses',
    'selfsubjectreviews',
    'selfsubjectrulesreviews shop',
  ]);
  await ask();
  expect(asked.filter((path) => path.includes('accessreviews'))).toHaveLength(2);
});

test('who reads one namespace only is asked about that one', async () => {
  const { session, access } = serverThat([]);
  const { rights } = await rightsOf({
    session,
    access,
    namespaces: ['blog'],
    defaultNamespace: 'default',
    dormant: [dormant('networking.k8s.io', 'ingresses')],
    signal,
  });
  expect(rights.map((right) => right.rule)).toEqual([
    'get pods/log in namespace blog',
    'list ingresses.networking.k8s.io in namespace blog',
  ]);
});

test('a real 403 wins over a review', async () => {
  const { session, access } = serverThat([]);
  const log = { verb: 'get', group: '', resource: 'pods', subresource: 'log', namespace: 'shop' };
  access.denied(log);
  const found = await rightsOf({ session, access, namespaces: ['shop'], defaultNamespace: '', dormant: [], signal });
  expect(found.rights).toEqual([{ rule: 'get pods/log in namespace shop', verdict: 'no' }]);
});

test('a server that will not say has said neither yes nor no', async () => {
  const session = new FakeCluster('eu').session(contextOf('eu'));
  const access = newAccess(session);
  expect(await rightsOf({ session, access, namespaces: [], defaultNamespace: '', dormant: [], signal })).toEqual({
    user: null,
    groups: [],
    rights: [{ rule: 'get pods/log in namespace default', verdict: 'unknown' }],
  });
});
