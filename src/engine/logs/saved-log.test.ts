import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import type { LogView } from '../../protocol/messages.ts';
import kubernetes from '../../../plugins/kubernetes/index.ts';
import { contextOf, FakeCluster, fakeKube, podOf } from '../../../test/support/fake-kube.ts';
import { createEngine } from '../create-engine.ts';
import { savedLogLine, savedLogName } from './saved-log.ts';

const stack = new AsyncDisposableStack();
afterEach(() => stack.disposeAsync());

const selector = { of: 'app', app: 'cart', namespace: null } as const;
const options = { previous: false, tail: 100, sinceSeconds: null };
const view: LogView = { filter: 'boom', minLevel: 'all', anchor: 'newest', limit: 10 };

test('what is kept and filtered is written, whole and with its cluster; what is not open is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'flagbridge-logs-'));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const cluster = new FakeCluster('eu');
  const spec = { containers: [{ name: 'main' }] };
  cluster.answers.set('/api/v1/namespaces/shop/pods/cart-1', () => ({ ...podOf('cart-1'), spec }));
  using engine = createEngine({
    contexts: [contextOf('eu')],
    currentContext: null,
    plugins: [kubernetes],
    kube: fakeKube([cluster]),
    folders: () => [folder],
  });
  await expect.poll(() => cluster.has('pods'), { timeout: 5_000 }).toBe(true);
  cluster.sync('pods', [podOf('cart-1')]);
  expect(await engine.ask({ ask: 'save-logs', selector, options })).toMatchObject({ ok: false });

  let matched = 0;
  using _live = engine.logs(selector, options, view, (window) => {
    matched = window.matched;
  });
  await expect.poll(() => cluster.follows.length, { timeout: 5_000 }).toBe(1);
  for (const [i, words] of ['boom one', 'quiet', 'boom two'].entries())
    cluster.follows[0]?.onLine(i * 1000, Buffer.from(words));
  await expect.poll(() => matched, { timeout: 5_000 }).toBe(2);

  const answer = await engine.ask({ ask: 'save-logs', selector, options });
  expect(answer).toMatchObject({ ok: true, value: { lines: 2 } });
  const { path } = (answer.ok ? answer.value : {}) as { path: string };
  expect(path).toMatch(/\/flagbridge-cart-\d{8}-\d{6}\.log$/);
  expect(await readFile(path, 'utf8')).toBe(
    '1970-01-01T00:00:00.000Z eu shop/cart-1 main boom one\n1970-01-01T00:00:02.000Z eu shop/cart-1 main boom two\n',
  );
});

test('a name holds nothing that a shell or a file system minds; a mark stands in brackets', () => {
  const owner = { of: 'owner', cluster: clusterId('c'), uid: 'u', title: 'shop/cart; rm -rf' } as const;
  expect(savedLogName(owner, Date.UTC(2026, 10, 21, 12, 41, 6))).toBe(
    'flagbridge-shop-cart-rm--rf-20261121-124106.log',
  );
  const mark = {
    type: 'mark',
    index: 0,
    id: 0,
    time: null,
    cluster: clusterId('c'),
    pod: 'p',
    mark: 'gap',
    text: '3s',
  } as const;
  expect(savedLogLine(mark, 'eu')).toBe('- eu p [gap] 3s');
});
