// What every contract test may use: open sessions, and objects that the suite itself made through the API.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { needlessFallbacks } from './differences.ts';
import { type KubeOptions, type KubeSession, openKubeSession } from './kube-session.ts';
import type { ContractServer, ContractUser } from './server.ts';
import { type Identity, type Json, openWire, type Wire } from './wire.ts';

/** How many ConfigMaps `Fixture.namespace` holds from the start, all with the label `contract=yes`. */
export const configMapCount = 25;

export type Fixture = {
  readonly server: ContractServer;
  /** One open session as administrator. */
  readonly admin: Wire;
  readonly viewer: Wire;
  readonly nobody: Wire;
  /** A namespace of this run, with ConfigMaps `cm-00` … and nothing else of ours. */
  readonly namespace: string;
  /** `/api/v1/namespaces/<namespace>/configmaps`. */
  readonly configMaps: string;
  /** What the server calls a user. */
  nameOf(user: ContractUser): Promise<string>;
  /** Another session, closed at the end. */
  open(user: ContractUser): Promise<Wire>;
  /** A session of our own client, as one of the users or as somebody else; the test closes it. */
  openKube(who: ContractUser | Identity, options?: KubeOptions): KubeSession;
  /** Makes an object below `path`; deleted with the namespace. */
  create(path: string, object: object): Promise<Json>;
  /** Fails when our client took a second-best way where the server offers the first. */
  close(): Promise<void>;
};

export async function createFixture(server: ContractServer): Promise<Fixture> {
  const opened: Wire[] = [];
  const kubes: KubeSession[] = [];
  const open = async (user: ContractUser): Promise<Wire> => {
    const wire = await openWire(server.identities[user]);
    opened.push(wire);
    return wire;
  };
  const admin = await open('admin');
  const namespace = `contract-${randomBytes(4).toString('hex')}`;
  const configMaps = `/api/v1/namespaces/${namespace}/configmaps`;
  const create = (path: string, object: object): Promise<Json> => admin.json(path, { body: object });
  await create('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  for (let i = 0; i < configMapCount; i++) {
    await create(configMaps, configMap(`cm-${String(i).padStart(2, '0')}`, { parity: i % 2 === 0 ? 'even' : 'odd' }));
  }
  const sessions = { admin, viewer: await open('viewer'), nobody: await open('nobody') };
  const nameOf = async (user: ContractUser): Promise<string> => {
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
    const answer = await sessions[user].json('/apis/authentication.k8s.io/v1/selfsubjectreviews', { body });
    return answer.status.userInfo.username;
  };
  for (const object of readerObjects(namespace, await nameOf('viewer'))) {
    await create(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/${object.kind.toLowerCase()}s`, object);
  }
  return {
    server,
    ...sessions,
    nameOf,
    namespace,
    configMaps,
    open,
    openKube(who, options) {
      const kube = openKubeSession(typeof who === 'string' ? server.identities[who] : who, options);
      kubes.push(kube);
      return kube;
    },
    create,
    async close() {
      await admin.send(`/api/v1/namespaces/${namespace}`, { method: 'DELETE' }).catch(() => undefined);
      for (const wire of opened) wire.close();
      const needless = needlessFallbacks(server.name, new Set(kubes.flatMap((kube) => kube.fallbacks)));
      if (needless.length > 0) throw new Error(`second-best ways where the first is possible: ${needless.join(', ')}`);
    },
  };
}

function readerObjects(namespace: string, user: string): readonly { readonly kind: string }[] {
  const apiGroup = 'rbac.authorization.k8s.io';
  const meta = { apiVersion: `${apiGroup}/v1`, metadata: { name: 'contract-reader', namespace } };
  const verbs = ['get', 'list', 'watch'];
  const rules = [
    { apiGroups: [''], resources: ['configmaps', 'pods', 'services'], verbs },
    { apiGroups: [''], resources: ['pods/log'], verbs: ['get'] },
    { apiGroups: ['apps'], resources: ['deployments'], verbs },
  ];
  const roleRef = { apiGroup, kind: 'Role', name: 'contract-reader' };
  const role = { ...meta, kind: 'Role', rules };
  const binding = { ...meta, kind: 'RoleBinding', roleRef, subjects: [{ apiGroup, kind: 'User', name: user }] };
  return [role, binding];
}

export function configMap(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  data: object = { key: 'value' },
): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { contract: 'yes', ...labels } }, data };
}

/** Asks until the answer satisfies; for what a server does a moment later. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  done: (answer: T) => boolean,
  timeoutMs = 15_000,
): Promise<T> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (done(answer)) return answer;
    if (Date.now() > end)
      throw new Error(`waited ${timeoutMs} ms for ${what}; last: ${JSON.stringify(answer).slice(0, 500)}`);
    await sleep(100);
  }
}
