// `J` shows what an object hangs together with, `W` what is wrong with it: both open further, and Esc comes back.
import { expect, test } from 'vitest';
import type { ObjectRef } from '../../src/core/ids.ts';
import type { RelatedView } from '../../src/protocol/messages.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import { pods, storyNow, tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

const pod = pods[0]?.ref as ObjectRef;
const refOf = (kind: string, group: string, resource: string, name: string): ObjectRef => ({
  ...pod,
  kind,
  name,
  uid: `uid-${name}`,
  type: { group, version: 'v1', resource },
});
const entry = (relation: RelatedView['relation'], ref: ObjectRef, change: Partial<RelatedView> = {}): RelatedView => ({
  relation,
  depth: 0,
  ref,
  health: 'ok',
  isStale: false,
  status: '',
  created: storyNow - 240_000,
  ...change,
});

const related: readonly RelatedView[] = [
  entry('owner', refOf('Deployment', 'apps', 'deployments', 'cart'), { health: 'fail' }),
  entry('owner', refOf('ReplicaSet', 'apps', 'replicasets', 'cart-7d9f')),
  entry('this', pod, { health: 'fail', status: 'CrashLoop' }),
  entry('uses', { ...refOf('ConfigMap', '', 'configmaps', 'settings'), uid: '' }, { health: 'none', created: null }),
];

const story = (engine: FakeEngine): void => {
  tellStory(engine);
  const others = engine.answer;
  engine.answer = (question) => {
    if (question.ask === 'related') return { ok: true, value: related };
    if (question.ask !== 'why') return others(question);
    const told = others({ ask: 'problem', key: 'any' });
    return { ok: true, value: told.ok ? (told.value as { problems: unknown }).problems : [] };
  };
};

test.each([
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
])('owners, the object, what it uses and its events, at $columns columns', async ({ columns, rows }) => {
  const d = await drive({ columns, rows, story });
  await d.press('enter', 'J');
  expect(d.engine.questions).toContainEqual({ ask: 'related', ref: pod });
  const text = await d.text();
  expect(text).toMatch(/Related.*■run-eu Pod shop\/cart-7d9f-x2v8k/);
  expect(text).toMatch(/✕ cart +Deployment +owner/);
  expect(text).toMatch(/cart-7d9f-x2v8k +Pod +this +CrashLoop/);
  expect(text).toMatch(/settings +ConfigMap +uses/);
  expect(text).toContain('its events');
  await d.quit();
});

test('Enter opens a pod as containers, another object as its description, and the events as their list', async () => {
  const d = await drive({ story });
  await d.press('enter', 'J', 'j', 'j', 'enter');
  expect(await d.text()).toContain('Containers  cart-7d9f-x2v8k');
  await d.press('esc', 'g', 'enter');
  expect(await d.text()).toContain('Describe  ■run-eu Deployment shop/cart');
  await d.press('esc', 'G', 'enter');
  expect(d.engine.queries.at(-1)?.query).toMatchObject({
    table: 'events',
    within: { by: 'object', cluster: pod.cluster, uid: pod.uid },
  });
  await d.press('esc', 'esc');
  expect(await d.text()).toContain('Pods  cart');
  await d.quit();
});

test('why: the problems of a row with their evidence; keys still act on the row', async () => {
  const d = await drive({ story });
  await d.press('W');
  expect(d.engine.questions).toContainEqual({ ask: 'why', about: { by: 'problem', key: 'CrashLoop|cart' } });
  const text = await d.text();
  expect(text).toMatch(/Why.*shop\/cart/);
  expect(text).toContain('5 of 6 pods end with OOMKilled (137), 14 restarts');
  expect(text).toContain('exitCode 137');
  await d.press('enter');
  expect(await d.text()).toContain('Pods  cart');
  await d.press('esc', 'esc');
  expect(await d.text()).toContain('1 Triage');
  await d.quit();
});

test('why asks about an object, an app, or the object of a document; without a problem it is not green', async () => {
  const d = await drive({
    story: (engine) => {
      story(engine);
      const others = engine.answer;
      engine.answer = (question) => (question.ask === 'why' ? { ok: true, value: [] } : others(question));
    },
  });
  await d.press('enter', 'W');
  expect(d.engine.questions).toContainEqual({ ask: 'why', about: { by: 'object', ref: pod } });
  expect(await d.text()).toContain('· No problem is known of it');
  await d.press('esc', 'y', 'W');
  expect(d.engine.questions.filter((q) => q.ask === 'why')).toHaveLength(2);
  await d.press('esc', 'esc', 'esc', '2', 'W');
  expect(d.engine.questions).toContainEqual({
    ask: 'why',
    about: { by: 'app', app: 'cart', namespace: 'shop' },
  });
  await d.quit();
});
