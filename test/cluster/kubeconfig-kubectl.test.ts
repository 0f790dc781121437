// Our merge against kubectl's own: the same files must give the same clusters, users and contexts. Needs no server, but
// the kubectl that is built with the control planes.
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type KubeconfigFile, readKubeconfigFile } from '../../src/kube/kubeconfig/file.ts';
import { mergeKubeconfigs } from '../../src/kube/kubeconfig/merge.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { kubeHome } from '../support/kube-home.ts';
import { controlPlaneAvailability } from './availability.ts';
import { toolPath, toolsDir } from './tools.ts';

const here = controlPlaneAvailability();
const kubectl = toolPath(toolsDir(), 'kubectl');

type View = {
  'current-context': string;
  clusters: { name: string; cluster: { server?: string; 'tls-server-name'?: string } }[] | null;
  users: { name: string; user: { token?: string; username?: string } }[] | null;
  contexts: { name: string; context: { cluster?: string; user?: string; namespace?: string } }[] | null;
};

type Simple = { current: string; clusters: unknown[]; users: unknown[]; contexts: unknown[] };
const byName = (rows: (readonly unknown[])[]) => rows.sort((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));

function byKubectl(paths: readonly string[]): Simple {
  const out = execFileSync(kubectl, ['config', 'view', '--flatten', '--raw', '-o', 'json'], {
    env: { KUBECONFIG: paths.join(':'), HOME: '/nonexistent', PATH: '' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const view: View = JSON.parse(out);
  return {
    current: view['current-context'],
    clusters: byName(
      (view.clusters ?? []).map((c) => [c.name, c.cluster.server ?? '', c.cluster['tls-server-name'] ?? '']),
    ),
    users: byName((view.users ?? []).map((u) => [u.name, u.user.token ?? '', u.user.username ?? ''])),
    contexts: byName(
      (view.contexts ?? []).map((c) => [
        c.name,
        c.context.cluster ?? '',
        c.context.user ?? '',
        c.context.namespace ?? '',
      ]),
    ),
  };
}

async function byUs(paths: readonly string[]): Promise<Simple> {
  const files: KubeconfigFile[] = [];
  for (const path of paths) {
    const read = await readKubeconfigFile(path, nodeFiles);
    if (read.ok) files.push(read.file);
  }
  const merged = mergeKubeconfigs(files);
  return {
    current: merged.currentContext,
    clusters: byName(
      [...merged.clusters.values()].map((c) => [c.name, c.cluster?.server ?? '', c.cluster?.tlsServerName ?? '']),
    ),
    users: byName([...merged.users.values()].map((u) => [u.name, u.user?.token ?? '', u.user?.username ?? ''])),
    contexts: byName([...merged.contexts.values()].map((c) => [c.name, c.cluster, c.user, c.namespace])),
  };
}

const name = fc.constantFrom('a', 'b', 'c', 'Prod', 'prod', 'with space', 'ünïcode', '0x10');
const maybe = (key: string, values: readonly string[]) =>
  fc.option(fc.constantFrom(...values), { nil: undefined }).map((v) => (v === undefined ? {} : { [key]: v }));
const entries = <T>(key: string, body: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(name, body), { maxLength: 4, selector: ([n]) => n })
    .map((list) => list.map(([n, b]) => ({ name: n, [key]: b })));
const file = fc.record(
  {
    'current-context': fc.constantFrom('', 'a', 'b', 'gone'),
    clusters: entries(
      'cluster',
      fc
        .tuple(fc.constantFrom('https://x', 'https://y:6443/base'), maybe('tls-server-name', ['n']))
        .map(([server, more]) => ({ server, ...more })),
    ),
    users: entries('user', fc.oneof(maybe('token', ['t1', 't2']), maybe('username', ['u']))),
    contexts: entries(
      'context',
      fc
        .tuple(name, maybe('user', ['a', 'b']), maybe('namespace', ['n1', 'n2']))
        .map(([cluster, u, n]) => ({ cluster, ...u, ...n })),
    ),
  },
  { requiredKeys: [] },
);
const content = fc.oneof(
  { weight: 8, arbitrary: file.map((f) => JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...f })) },
  { weight: 1, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constant(null) },
);

test.skipIf(!here.available)('random files merge as kubectl merges them', { timeout: 120_000 }, async () => {
  using home = kubeHome();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(content, { minLength: 1, maxLength: 4 }), async (contents) => {
      run++;
      const paths = contents.map((text, at) =>
        text === null ? home.path(`${run}-gone-${at}`) : home.write(`${run}-${at}`, text),
      );

      expect(await byUs(paths)).toEqual(byKubectl(paths));
    }),
    { numRuns: 25 },
  );
});

test.skipIf(!here.available)('equal keys in one map count as with kubectl', async () => {
  using home = kubeHome();
  const path = home.write(
    'twice',
    'current-context: a\ncurrent-context: b\nusers:\n- name: u\n  user: {token: t1, token: t2}\n',
  );

  expect(await byUs([path])).toEqual(byKubectl([path]));
});
