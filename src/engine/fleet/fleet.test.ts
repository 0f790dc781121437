import { expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import { everything, type Window } from '../../core/query.ts';
import { text } from '../../core/object.ts';
import type { KubeContext } from '../../kube/kubeconfig/context.ts';
import { definePlugin } from '../../plugin-api/plugin.ts';
import { createCore } from '../create-engine.ts';
import type { EngineSettings } from '../settings.ts';
import { contextOf, FakeCluster, fakeKube, podOf } from '../../../test/support/fake-kube.ts';

const plugin = definePlugin({
  id: 'pods',
  apiVersion: 1,
  title: 'pods',
  tables: [
    {
      id: 'pods',
      title: 'Pods',
      columns: [{ id: 'name', title: 'POD', type: 'name', min: 1, ideal: 1, max: 1, priority: 0 }],
    },
  ],
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

const poll = (check: () => unknown) => expect.poll(check, { timeout: 5_000, interval: 5 });

function setUp(names: readonly string[], settings: Partial<EngineSettings> = {}, contexts?: readonly KubeContext[]) {
  const clusters = new Map(names.map((name) => [name, new FakeCluster(name)]));
  const core = createCore({
    contexts: contexts ?? names.filter((name) => !name.startsWith('later')).map((name) => contextOf(name)),
    currentContext: null,
    plugins: [plugin],
    kube: fakeKube([...clusters.values()]),
    settings,
  });
  const messages: string[] = [];
  core.onMessage((message) => messages.push(message.text));
  core.start();
  const seen: { window: Window | null } = { window: null };
  const source = core.query(
    {
      table: 'pods',
      scope: everything,
      filter: '',
      group: 'none',
      toggled: [],
      onlyWrong: false,
      offset: 0,
      limit: 50,
    },
    () => undefined,
  );
  const rows = (): readonly string[] => {
    seen.window = source.read();
    return seen.window.rows.map((row) => row.name);
  };
  const of = (name: string): FakeCluster => clusters.get(name) ?? new FakeCluster(name);
  const phases = () => core.fleet().clusters.map((c) => `${c.name} ${c.state.phase}`);
  return {
    core,
    of,
    rows,
    phases,
    messages,
    window: () => seen.window,
    [Symbol.dispose]: () => core[Symbol.dispose](),
  };
}

test('a kubeconfig that changed: new clusters appear, gone ones leave, the others keep session and rows', async () => {
  using fleet = setUp(['a', 'b', 'later']);
  await poll(() => fleet.of('a').has('pods') && fleet.of('b').has('pods')).toBe(true);
  fleet.of('a').sync('pods', [podOf('one')]);
  fleet.of('b').sync('pods', [podOf('two')]);
  expect(fleet.rows()).toEqual(['one', 'two']);
  const row = fleet.window()?.rows[0];

  fleet.core.update([contextOf('later'), contextOf('a')], null);

  expect(fleet.rows()).toEqual(['one']);
  expect(fleet.window()?.rows[0]).toBe(row);
  await poll(fleet.phases).toEqual(['later live', 'a live']);
  expect([fleet.of('a').connects, fleet.of('b').has('pods')]).toEqual([1, false]);
  expect(fleet.messages).toEqual(['the kubeconfig adds later, takes away b']);
  await poll(() => fleet.of('later').has('pods')).toBe(true);
  fleet.of('later').sync('pods', [podOf('three')]);
  expect(fleet.rows()).toEqual(['one', 'three']);
});

test.each<[string, Partial<KubeContext>]>([
  ['token', { auth: { type: 'token', token: 'new' } }],
  ['namespace', { namespace: 'shop' }],
  ['server', { server: 'https://b.example', cluster: clusterId('id-b2') }],
  ['user', { user: 'other', cluster: clusterId('id-b3') }],
  ['certificate authority', { tls: { ca: { pem: Buffer.from('new') }, serverName: null, insecure: false } }],
])('another %s connects that cluster anew, and no other', async (_what, more) => {
  using fleet = setUp(['a', 'b']);
  await poll(() => fleet.of('a').has('pods') && fleet.of('b').has('pods')).toBe(true);
  fleet.of('a').sync('pods', [podOf('one')]);
  fleet.of('b').sync('pods', [podOf('two')]);

  fleet.core.update([contextOf('a'), contextOf('b', more)], null);

  expect(fleet.rows()).toEqual(['one']);
  await poll(() => fleet.of('b').has('pods')).toBe(true);
  expect([fleet.of('a').connects, fleet.of('b').connects]).toEqual([1, 2]);
  fleet.of('b').sync('pods', [podOf('two')]);
  expect(fleet.rows()).toEqual(['one', 'two']);
});

test('nothing new is nothing said and nothing done', async () => {
  using fleet = setUp(['a']);
  await poll(() => fleet.of('a').has('pods')).toBe(true);
  fleet.core.update([contextOf('a')], 'a');
  expect([fleet.of('a').connects, fleet.messages]).toEqual([1, []]);
});

test('beyond the limit a new cluster is parked; one that moved is connected again', async () => {
  using fleet = setUp(['a', 'b', 'later'], { connectLimit: 2 });
  await poll(fleet.phases).toEqual(['a live', 'b live']);

  const moved = contextOf('b', { server: 'https://new', cluster: clusterId('id-moved') });
  fleet.core.update([contextOf('later'), contextOf('a'), moved], null);

  await poll(fleet.phases).toEqual(['later parked', 'a live', 'b live']);
});

test('the identity in use stays, whatever current-context says; when it goes, another context of the cluster is used', async () => {
  const contexts = [contextOf('admin@a', { rawName: 'admin@a' }), contextOf('a')];
  using fleet = setUp(['a'], {}, contexts);
  await poll(() => fleet.core.fleet().clusters.length).toBe(1);
  const identity = () => fleet.core.fleet().clusters[0]?.identity;
  expect(identity()).toBe('admin@a');

  fleet.core.update([contextOf('admin@a', { rawName: 'admin@a' }), contextOf('a')], 'a');
  expect(identity()).toBe('admin@a');
  expect(fleet.core.fleet().clusters[0]?.otherIdentities).toEqual(['a']);

  fleet.core.update([contextOf('a')], 'a');
  expect(identity()).toBe('a');
  await poll(fleet.phases).toEqual(['a live']);
});
