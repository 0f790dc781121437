// The room that a screen has goes to the words that matter, and no word of it claims more than was looked at.
import { expect, test } from 'vitest';
import type { Row } from '../../src/core/row.ts';
import { cluster, type FakeEngine, row, windowOf } from '../support/fake-engine.ts';
import { podColumns, problemColumns, storyWindow, tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

const withoutProblems = (engine: FakeEngine): void => {
  tellStory(engine);
  engine.answerQuery = (query) => (query.table === 'problems' ? windowOf(problemColumns, []) : storyWindow(query));
  engine.setFleet([cluster('run-eu'), cluster('run-us')]);
};

test('at 120 columns Triage has 85 of them, and one short name leaves its room to the reason', async () => {
  const story = (engine: FakeEngine): void => {
    tellStory(engine);
    engine.answerQuery = (query) => {
      const window = storyWindow(query);
      if (query.table !== 'problems' || window === undefined) return window;
      const rows = window.rows.map((problem): Row => ({ ...problem, clusters: problem.clusters.slice(0, 1) }));
      return { ...window, rows };
    };
  };
  const d = await drive({ story });
  const lines = await d.lines();
  expect(lines[2]?.indexOf('┯')).toBe(84);
  const head = lines.find((line) => line.includes('PROBLEM')) ?? '';
  expect(head.indexOf('SINCE') - head.indexOf('CLUSTERS')).toBeLessThan(16);
  await d.quit();
});

test('without a row there is no detail below, and nothing is said twice', async () => {
  const d = await drive({ columns: 80, rows: 24, story: withoutProblems });
  const text = await d.text();
  expect(text).toContain('● Nothing is wrong.');
  expect(text).not.toContain('Nothing is selected.');
  expect(text).not.toContain('─ Detail');
  await d.quit();
  const wide = await drive({ story: withoutProblems });
  await wide.press('1');
  expect((await wide.text()).split('Nothing is selected.').length - 1).toBeLessThan(2);
  await wide.quit();
});

test('all clear is said of the whole fleet only; within a scope the scope is named and nothing is green', async () => {
  const d = await drive({ story: withoutProblems });
  await d.press('f');
  await d.type('ns:shop');
  await d.press('enter');
  const text = await d.text();
  expect(text).toContain('· Nothing is wrong in ns:shop.');
  expect(text).not.toContain('● Nothing is wrong');
  expect(text).not.toContain('all clear');
  await d.quit();
});

test('a list of objects gives a cluster the width of its name', async () => {
  const d = await drive();
  await d.type(':po');
  await d.press('enter');
  const head = (await d.lines()).find((line) => line.includes('POD ')) ?? '';
  const next = head.slice(head.indexOf('CLUSTER') + 7).search(/\S/);
  expect(next).toBeLessThan(8);
  await d.quit();
});

test('a hint that does not fit lets a shorter one have the room', async () => {
  const d = await drive({ columns: 80, rows: 24 });
  await d.press('enter');
  const last = (await d.lines()).at(-1) ?? '';
  expect(last).toContain('shop/cart-7d9f-x2v8k');
  expect(last).toContain('l logs');
  await d.quit();
});

test('at 80 columns what stands below help and palette goes on in a second line instead of being cut', async () => {
  const d = await drive({ columns: 80, rows: 24 });
  await d.press('?');
  const help = await d.text();
  expect(help).toContain('restarts>3');
  expect(help).toContain('• marked');
  expect(help).not.toContain('…');
  await d.press('esc');
  await d.type(':');
  expect(await d.text()).toContain('ns shop the scope');
  await d.quit();
});

test('a search does not offer the grammar of filters', async () => {
  const d = await drive();
  await d.press('enter', 'y');
  await d.type('/');
  const last = (await d.lines()).at(-1) ?? '';
  expect(last).toContain('words that stand in it');
  expect(last).not.toContain('/regex/');
  await d.quit();
});

test('the detail of an object says its kind and its namespace once', async () => {
  const d = await drive({ columns: 80, rows: 40 });
  await d.press('2', 'j');
  const text = await d.text();
  expect(text).toContain('object      Deployment shop/cart');
  expect(text).not.toMatch(/^ {2}namespace /m);
  await d.quit();
});

test('a list that was just opened stays at its top while clusters answer; then the cursor holds its row', async () => {
  let names = ['web-2'];
  const story = (engine: FakeEngine): void => {
    tellStory(engine);
    engine.answerQuery = (query) =>
      query.table === 'pods'
        ? windowOf(
            podColumns,
            names.map((name) => row(name, ['run-eu'], [name])),
          )
        : storyWindow(query);
  };
  const d = await drive({ story });
  await d.type(':po');
  await d.press('enter');
  expect(await d.text()).toMatch(/▌ . web-2/);
  names = ['web-1', ...names];
  d.engine.refresh();
  await d.wait(1000);
  expect(await d.text()).toMatch(/▌ . web-1/);
  await d.wait(4000);
  names = ['web-0', ...names];
  d.engine.refresh();
  await d.wait(1000);
  expect(await d.text()).toContain('web-0');
  expect(await d.text()).toMatch(/▌ . web-1/);
  await d.quit();
});

test('at 120 columns the help sheet says whole why a key cannot be used', async () => {
  const d = await drive();
  await d.press('?');
  const help = await d.text();
  expect(help).toMatch(/owner, related objects +several: Enter opens/);
  expect(help).toMatch(/previous container's logs +one pod only/);
  await d.quit();
});

test('at 80x24 the detail fills what a short list leaves empty, however deep it was opened', async () => {
  const d = await drive({ columns: 80, rows: 24 });
  await d.press('2', 'j', 'enter');
  expect(await d.text()).toMatch(/object +Pod shop\/cart-7d9f-x2v8k/);
  await d.press('esc', 'k', 'enter', 'j', 'enter');
  expect(await d.text()).toContain('Pods  cart');
  expect(await d.text()).toMatch(/object +Pod shop\/cart-7d9f-x2v8k/);
  await d.quit();
});
