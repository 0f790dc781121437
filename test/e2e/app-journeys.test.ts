// Journeys of a person through the whole screen: keys in, screen text out. The engine is scripted, nothing else is.
import { expect, test } from 'vitest';
import type { ClusterPhase } from '../../src/core/cluster.ts';
import { clusterId } from '../../src/core/ids.ts';
import { everything } from '../../src/core/query.ts';
import { withDecks } from '../../src/state/decks.ts';
import { cluster, type FakeEngine, logLine, logWindow, row, windowOf } from '../support/fake-engine.ts';
import { storyNow, storyWindow, tellStory, workloadColumns } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

test('the first screen says what is broken, where, since when and why', async () => {
  const d = await drive();
  const text = await d.text();

  expect(text).toContain('1 Triage  3 problems');
  expect(text).toContain('coverage 5/7 clusters · 2 kinds denied');
  expect(text).toMatch(/✕ {2}CrashLoop {5}cart {10}■run-eu ■run-us/);
  expect(text).toContain('what        5 of 6 pods end with OOMKilled (137)');
  expect(text).toContain('evidence    lastState.terminated: exitCode 137');
  expect(text).toContain('5 Logs  cart · 6 streams in 2 clusters');
  expect(text).toContain('ERR heap limit reached');
  expect(text.split('\n').at(-1)).toContain('■run-eu ◆ ■run-us ◆ shop/cart');
  expect(await d.quit()).toBe(0);
});

test('from a problem to its pods, containers and logs, and back with the selection as it was', async () => {
  const d = await drive();
  await d.press('enter');
  expect(await d.text()).toContain('━ Pods  cart · 3 pods');
  await d.press('j');
  expect((await d.lines()).at(-1)).toContain('shop/cart-7d9f-p7h2c');

  await d.press('enter');
  expect(await d.text()).toContain('━ Containers  cart-7d9f-p7h2c');
  expect(await d.text()).toContain('OOMKilled (137)');
  await d.press('enter');
  expect(d.engine.logStreams.at(-1)?.selector).toMatchObject({ of: 'pod', name: 'cart-7d9f-p7h2c', container: 'app' });

  await d.press('esc', 'esc');
  expect(await d.text()).toMatch(/▌ ✕ cart-7d9f-p7h2c/);
  await d.press('esc');
  expect(await d.text()).toContain('━ 1 Triage');
  await d.quit();
});

test('an app drills into its workloads and a workload into its pods', async () => {
  const d = await drive();
  await d.press('2', 'enter');
  expect(d.engine.queries.at(-1)?.query.within).toEqual({ by: 'app', app: 'cart', namespace: 'shop' });
  await d.press('j', 'enter');
  expect(d.engine.queries.at(-1)?.query).toMatchObject({
    table: 'pods',
    within: { by: 'owner', uid: 'uid-run-eu-cart' },
  });
  await d.quit();
});

test('linked panes follow after the selection has rested, holding a key opens nothing', async () => {
  const d = await drive();
  await d.press('2');
  await d.wait(500);
  const before = d.engine.logStreams.length;
  for (let i = 0; i < 3; i++) d.clock.advance(10);
  await d.type('jjj');
  await d.wait(400);

  const opened = d.engine.logStreams.slice(before);
  expect(opened).toHaveLength(1);
  expect(opened[0]?.selector).toMatchObject({ of: 'owner', cluster: clusterId('run-ap') });

  await d.wait(10_100);
  expect(d.engine.logStreams.slice(0, before).every((stream) => !stream.isOpen)).toBe(true);
  await d.quit();
});

test('a filter works while it is typed, a bad term is underlined and told while the good ones stay in force', async () => {
  const d = await drive();
  await d.press('2');
  await d.type('/');
  await d.type('web');
  expect(await d.text()).toMatch(/2 Workloads {2}\/ web/);
  expect(await d.text()).toContain('1 of 6');
  await d.type(' age<ten');
  const text = await d.text();
  expect(text).toContain('ten is no age: write age<10m');
  expect(d.engine.queries.filter((q) => q.query.table === 'workloads').at(-1)?.query.filter).toBe('web');
  const line = (await d.lines()).length - 1;
  const at = (await d.lines())[line]?.indexOf('age<ten') ?? 0;
  expect(d.screen.terminal.buffer.active.getLine(line)?.getCell(at)?.isUnderline()).toBeTruthy();

  await d.press('esc');
  expect(await d.text()).not.toContain('/ web');
  await d.quit();
});

test('the scope is edited in one line, names its clusters, and reaches the engine', async () => {
  const d = await drive();
  await d.type('f');
  await d.type('c:run-* ns:shop');
  expect(await d.text()).toContain('3 clusters of 7');
  await d.press('enter');
  expect(d.engine.scopes.at(-1)).toEqual({ clusters: ['run-*'], namespaces: ['shop'], filter: '' });
  expect((await d.lines())[0]).toContain('run-* · ns shop');
  expect(d.engine.queries.filter((q) => q.query.table === 'workloads').at(-1)?.query.scope.clusters).toEqual(['run-*']);
  await d.quit();
});

test('the palette finds panes, kinds and clusters, understands k9s, and says what it does not know', async () => {
  const d = await drive();
  await d.type(':');
  await d.type('cert');
  expect(await d.text()).toContain('certificates Certificate');
  await d.press('enter');
  expect(d.engine.queries.at(-1)?.query.table).toBe('certificates.cert-manager.io');

  await d.type(':');
  await d.type('po kube-system @run-eu /cart');
  await d.press('enter');
  expect(d.engine.queries.at(-1)?.query).toMatchObject({
    table: 'pods',
    filter: 'cart',
    scope: { clusters: ['run-eu'], namespaces: ['kube-system'] },
  });

  await d.type(':');
  await d.type('po -n shop');
  expect(await d.text()).toMatch(/po -n shop|pods Pod +ns shop/);
  await d.press('enter');
  expect(d.engine.scopes.at(-1)?.namespaces).toEqual(['shop']);
  await d.type(':');
  await d.type('po -l app=cart');
  await d.press('enter');
  expect((await d.lines()).at(-1)).toContain('-l is not known here: there are -n NAMESPACE, -A');
  expect(d.engine.scopes.at(-1)?.namespaces).toEqual(['shop']);

  await d.type(':');
  await d.type('frobnicate');
  await d.press('enter');
  expect(await d.text()).toContain('No pane, kind or command is called frobnicate');

  await d.type(':');
  await d.type('ctx run-us');
  await d.press('enter');
  expect(d.engine.scopes.at(-1)?.clusters).toEqual(['run-us']);
  await d.type(':');
  await d.type('q');
  await d.press('enter');
  expect(await d.exit).toBe(0);
});

test('letters go to an open sheet and to nothing below it', async () => {
  const d = await drive();
  await d.type(':');
  await d.type('q');
  expect(await d.text()).toContain(': q');
  await d.press('esc');
  await d.type('?');
  await d.type('/');
  await d.type('zoom');
  expect(await d.text()).toContain('zoom this pane');
  expect(await d.text()).not.toContain('next deck');
  await d.press('esc', 'esc');
  expect(await d.text()).toContain('━ 1 Triage');
  await d.quit();
});

test('a key that cannot be used says why, in the footer and in the help', async () => {
  const d = await drive();
  await d.press('d');
  expect((await d.lines()).at(-1)).toContain('describe: several: Enter opens');
  await d.type('?');
  expect(await d.text()).toMatch(/d +describe {2}several: Enter opens/);
  await d.quit();
});

test('marks survive a filter, are counted, and are what is copied', async () => {
  const d = await drive();
  await d.press('2', 'j', 'space', 'space');
  expect(await d.text()).toContain('2 marked');
  await d.type('/web');
  await d.press('enter');
  expect(await d.text()).toContain('2 marked, 2 hidden');
  await d.press('c');
  expect(d.copied.at(-1)).toBe('shop/cart\nshop/cart');
  expect((await d.lines()).at(-1)).toContain('copied 2 names');
  await d.press('esc', 'esc');
  expect(await d.text()).not.toContain('marked');
  await d.quit();
});

test('C copies the command that shows what is seen', async () => {
  const d = await drive();
  await d.press('C');
  expect(d.copied.at(-1)).toBe('flagbridge triage');
  await d.press('2', 'j', 'C');
  expect(d.copied.at(-1)).toBe('flagbridge get deployments.apps cart -n shop --cluster run-eu');
  await d.press('l', 'C');
  expect(d.copied.at(-1)).toBe('flagbridge logs deployment/cart -n shop --cluster run-eu --follow');
  await d.quit();
});

test('a login lends the terminal to its command, and one login heals', async () => {
  const d = await drive();
  await d.press('0');
  const edge = (await d.lines()).findIndex((line) => line.includes('■edge-7'));
  expect((await d.lines())[edge]).toContain('login needed');
  await d.press('j', 'j', 'j');
  expect(await d.text()).toContain('Token of edge-7 expired at 11:58');
  expect((await d.lines()).at(-1)).toContain('Enter log in');

  await d.press('c');
  expect(d.copied.at(-1)).toBe('aws sso login --profile edge');
  await d.press('enter');
  expect(d.lent).toEqual([['aws', 'sso', 'login']]);
  expect(d.announced).toEqual(['Logging in to edge-7: aws sso login']);
  expect(d.engine.questions).toContainEqual({ ask: 'logged-in', cluster: clusterId('edge-7') });

  await d.press('i');
  expect(await d.text()).toContain('Identity  for ■edge-7');
  await d.press('j', 'enter');
  expect(d.engine.questions).toContainEqual({ ask: 'identity', cluster: clusterId('edge-7'), context: 'admin@edge-7' });
  await d.quit();
});

test('a parked cluster connects, a live one becomes the scope', async () => {
  const d = await drive({
    story: (engine) => {
      tellStory(engine);
      engine.setFleet([cluster('run-eu'), cluster('old-1', { state: { phase: 'parked' } })]);
    },
  });
  await d.press('0', 'G');
  expect((await d.lines()).at(-1)).toContain('Enter connect');
  await d.press('enter');
  expect(d.engine.questions).toContainEqual({ ask: 'connect', clusters: [clusterId('old-1')] });
  await d.press('g', 'enter');
  expect(d.engine.scopes.at(-1)?.clusters).toEqual(['run-eu']);
  expect(await d.text()).toContain('scope is run-eu');
  await d.quit();
});

test('describe is searched, folded, and turns to YAML and back', async () => {
  const d = await drive();
  await d.press('enter', 'd');
  expect(await d.text()).toContain('━ Describe  ■run-eu Pod shop/cart-7d9f-x2v8k');
  await d.type('/image');
  await d.press('enter');
  expect(await d.text()).toMatch(/▌ {3}image:/);
  await d.press('k', 'enter');
  expect(await d.text()).toContain('Containers: … 2 lines');
  expect(await d.text()).not.toContain('image:');
  await d.press('y');
  expect(await d.text()).toContain('━ YAML');
  await d.press('esc');
  expect(await d.text()).toContain('━ Pods');
  await d.quit();
});

test('a log is paused without losing lines, jumps to errors, and follows again', async () => {
  const lines = Array.from({ length: 200 }, (_, i) =>
    logLine(i, { time: storyNow - 1000 * (200 - i), level: i === 50 ? 'error' : 'info' }),
  );
  const d = await drive({
    story: (engine) => {
      tellStory(engine);
      engine.answerLogs = (_, view) => {
        const offset = view.anchor === 'newest' ? Math.max(0, lines.length - view.limit) : view.anchor;
        return logWindow(lines.slice(offset, offset + view.limit), {
          offset,
          matched: lines.length,
          kept: lines.length,
        });
      };
    },
  });
  await d.press('5', 'z');
  expect(await d.text()).toContain('line 199');
  expect(await d.text()).toContain('↓ following');
  await d.press('space');
  expect(await d.text()).toContain('paused');
  await d.press('g');
  expect(await d.text()).toContain('INF line 0');
  await d.press('e');
  expect((await d.lines())[3]).toContain('ERR line 50');
  await d.press('F');
  expect(await d.text()).toContain('line 199');
  await d.press('t', 't');
  expect((await d.lines())[4]).not.toMatch(/\d\d:\d\d:\d\d/);
  await d.quit();
});

test('the cursor stays on its row when rows move, and nothing moves under pressed keys', async () => {
  let rows = ['a', 'b', 'c', 'd'].map((name) => row(name, ['run-eu'], [name]));
  const d = await drive({
    story: (engine) => {
      tellStory(engine);
      engine.answerQuery = (query) =>
        query.table === 'workloads' ? windowOf(workloadColumns, rows) : storyWindow(query);
    },
  });
  await d.wait(2000);
  await d.press('2', 'j', 'j');
  rows = [row('new', ['run-eu'], ['new']), ...rows];
  d.engine.refresh();
  expect(await d.text()).not.toContain('● new');
  await d.wait(2500);
  expect(await d.text()).toContain('● new');
  expect(await d.text()).toMatch(/▌ ● c/);

  await d.press('Z');
  rows = rows.slice(0, 2);
  await d.wait(3000);
  d.engine.refresh();
  expect(await d.text()).toContain(' Z  3 changes wait');
  await d.press('Z');
  await d.wait(2500);
  expect(await d.text()).not.toMatch(/● d\b/);
  await d.quit();
});

test('columns are hidden and sorted in a sheet', async () => {
  const d = await drive();
  await d.press('2', 'O');
  expect(await d.text()).toContain('Columns and sort  Workloads');
  await d.press('j', 'j', 'space');
  await d.press('j', 'enter');
  await d.press('esc');
  const text = await d.text();
  expect(text).not.toContain('NAMESPACE');
  expect(text).toContain('READY▴');
  expect(d.engine.queries.filter((q) => q.query.table === 'workloads').at(-1)?.query.sort).toEqual({
    column: 'ready',
    descending: false,
  });
  await d.quit();
});

test('decks, zoom and tabs', async () => {
  const d = await drive();
  await d.press('`');
  expect(await d.text()).toContain('─ Pods  cart');
  await d.press('tab', 'z');
  expect(await d.text()).toContain('━ Pods');
  expect(await d.text()).not.toContain('5 Logs');
  await d.press('esc', '`', '0');
  expect(await d.text()).toContain('━ 0 Clusters');
  await d.press('esc');
  expect(await d.text()).toContain('2 Workloads');
  await d.quit();
});

test('a paste is text for a line and never a key', async () => {
  const d = await drive();
  await d.type('\x1b[200~qqq\x1b[201~');
  expect(await d.text()).toContain('A paste presses no key');
  await d.type('/');
  await d.type('\x1b[200~ca\nrt\x1b[201~');
  expect(await d.text()).toContain('/ ca rt');
  await d.quit();
});

test('what was opened last time and what the command line says is there at the start', async () => {
  const saved: unknown[] = [];
  const d = await drive({
    options: {
      command: 'po -A /cart',
      start: { scope: { clusters: ['run-*'], namespaces: [], filter: '' }, deck: 'workload' },
      save: (place) => saved.push(place),
      note: 'read-only',
      keys: { 'pane.zoom': 'ctrl-b' },
    },
  });
  expect((await d.lines())[0]).toMatch(/workload.*run-\*.*read-only/);
  expect(d.engine.queries.some((q) => q.query.table === 'pods' && q.query.filter === 'cart')).toBe(true);
  expect((await d.lines()).at(-1)).toContain('ctrl-b belongs to terminals and shells');
  await d.quit();
  expect(saved).toEqual([{ scope: { clusters: ['run-*'], namespaces: [], filter: '' }, deck: 'workload' }]);
});

/** A fleet that connects, and tells its kinds when the test says so. */
function slowToTell() {
  let isTold = false;
  const story = (engine: FakeEngine): void => {
    tellStory(engine);
    const { answer } = engine;
    engine.answer = (question) =>
      question.ask === 'resources' && !isTold ? { ok: true, value: [] } : answer(question);
    connect(engine, { phase: 'connecting', since: 0, doing: 'connecting' }, 0);
  };
  const connect = (engine: FakeEngine, state: ClusterPhase, wanted: number): void =>
    engine.setFleet([cluster('run-eu', { state, watches: { synced: 0, wanted } })]);
  const tell = (engine: FakeEngine): void => {
    isTold = true;
    connect(engine, { phase: 'live', since: 0 }, 15);
  };
  return { story, connect, tell };
}

test('-c waits for the clusters to tell their kinds, and the first frame does not', async () => {
  const { story, tell } = slowToTell();
  const d = await drive({ story, options: { command: 'deploy -A /cart' } });
  expect(await d.text()).toContain('1 Triage');
  expect((await d.lines()).at(-1)).toContain('deploy: asking the clusters for their kinds');

  tell(d.engine);
  expect(await d.text()).toMatch(/Deployments {2}\/ cart/);
  expect(d.engine.queries.at(-1)?.query).toMatchObject({ table: 'deployments.apps', filter: 'cart' });
  expect((await d.lines()).at(-1)).not.toContain('asking');
  await d.quit();
});

test('-c with a word that no cluster knows is said when all have told their kinds, or after the time limit', async () => {
  const told = slowToTell();
  const d = await drive({ story: told.story, options: { command: 'deplyo -A' } });
  told.tell(d.engine);
  expect(await d.text()).toContain('No pane, kind or command is called deplyo; near: deployments, deploy.');
  await d.quit();

  const silent = await drive({ story: slowToTell().story, options: { command: 'certificates.cert-manager.io' } });
  await silent.wait(9_000);
  expect(await silent.text()).not.toContain('No pane, kind');
  await silent.wait(1_100);
  expect(await silent.text()).toContain('No pane, kind or command is called certificates.cert-manager.io');
  await silent.quit();

  const broken = await drive({ story: slowToTell().story, options: { command: 'deploy' } });
  slowToTell().connect(broken.engine, { phase: 'offline', reason: 'refused', since: 0, nextTryAt: null }, 0);
  expect(await broken.text()).toContain('No pane, kind or command is called deploy.');
  await broken.quit();
});

test('-c takes nobody away from what they have begun meanwhile', async () => {
  const { story, tell } = slowToTell();
  const d = await drive({ story, options: { command: 'deploy -A' } });
  await d.press('2');
  tell(d.engine);
  expect(await d.text()).not.toContain('Deployments');
  expect((await d.lines()).at(-1)).toContain('deploy -A was not opened: you went on');
  await d.quit();
});

test('decks and scopes of the configuration are offered, opened by name, and go round with the built-in ones', async () => {
  const night = [
    { share: 1, panes: [{ pane: 'pods' as const, share: 1 }] },
    { share: 1, panes: [{ pane: 'logs' as const, share: 1 }] },
  ];
  const d = await drive({
    options: {
      start: { scope: everything, deck: 'night' },
      decks: withDecks({ night }),
      scopes: { shop: 'c:run-* ns:shop', 'on call': 'c:run-eu' },
    },
  });
  expect((await d.lines())[0]).toContain('home  workload  night');
  expect(await d.text()).toContain('━ Pods  3 pods');
  await d.press('j');
  await d.wait(600);
  // Pods lead here: they do not narrow themselves to the one that is chosen.
  expect(await d.text()).toContain('━ Pods  3 pods');
  expect(d.engine.logStreams.at(-1)?.selector).toMatchObject({ of: 'pod', name: 'cart-7d9f-p7h2c' });
  await d.press('`');
  expect(await d.text()).toContain('1 Triage');

  await d.type(':');
  await d.type('night');
  await d.press('enter');
  expect(await d.text()).not.toContain('1 Triage');
  await d.type(':');
  expect(await d.text()).toMatch(/on call +c:run-eu/);
  await d.type('scope shop');
  expect(await d.text()).toMatch(/scope shop +c:run-\* ns:shop/);
  await d.press('enter');
  expect(d.engine.scopes.at(-1)).toEqual({ clusters: ['run-*'], namespaces: ['shop'], filter: '' });

  await d.type(':');
  await d.type('scope shpo');
  await d.press('enter');
  expect((await d.lines()).at(-1)).toContain('No scope is called shpo; near: shop.');
  await d.type(':');
  await d.type('scope c:run-us age<ten');
  await d.press('enter');
  expect((await d.lines()).at(-1)).toContain('ten is no age');
  await d.type(':');
  await d.type('scope c:run-us');
  await d.press('enter');
  expect(d.engine.scopes.at(-1)).toEqual({ clusters: ['run-us'], namespaces: [], filter: '' });
  await d.type(':');
  await d.type('scope');
  await d.press('enter');
  expect((await d.lines()).at(-1)).toContain('c:run-us');
  await d.press('esc');
  await d.quit();
});

test('messages of the engine stand in the footer with their cluster; quiet ones go, failures stay until a key', async () => {
  const d = await drive();
  d.engine.message({ severity: 'info', text: 'connected', cluster: clusterId('run-eu') });
  expect((await d.lines()).at(-1)).toContain('· ■run-eu connected');
  await d.wait(6500);
  expect((await d.lines()).at(-1)).not.toContain('connected');
  d.engine.message({ severity: 'fail', text: 'certificate expired', cluster: clusterId('run-us') });
  await d.wait(8000);
  expect((await d.lines()).at(-1)).toContain('✕ ■run-us certificate expired');
  await d.press('j');
  expect((await d.lines()).at(-1)).not.toContain('certificate expired');
  await d.quit();
});

test('nothing is written while all is live and nothing happens, and once a minute the clock', async () => {
  const d = await drive({
    story: (engine) => {
      tellStory(engine);
      engine.setFleet([cluster('run-eu'), cluster('run-us')]);
    },
  });
  await d.wait(3000);
  const { bytes } = d.screen.counters;
  await d.wait(20_000);
  expect(d.screen.counters.bytes).toBe(bytes);
  await d.wait(40_000);
  expect(d.screen.counters.bytes - bytes).toBeLessThan(400);
  expect((await d.lines())[0]).toContain('12:42Z');
  await d.quit();
});

test('choosing a pod beside its workload keeps the list of pods and moves logs and events', async () => {
  const d = await drive();
  await d.press('`', 'tab', 'j');
  await d.wait(600);
  expect(await d.text()).toContain('━ Pods  cart · 3 pods');
  expect(await d.text()).toMatch(/▌ ✕ cart-7d9f-p7h2c/);
  expect(d.engine.logStreams.at(-1)?.selector).toMatchObject({ of: 'pod', name: 'cart-7d9f-p7h2c' });
  expect(d.engine.queries.filter((q) => q.query.table === 'pods').at(-1)?.query.within).toEqual({
    by: 'app',
    app: 'cart',
    namespace: 'shop',
  });
  await d.quit();
});
