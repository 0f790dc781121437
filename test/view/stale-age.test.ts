// The age of what is stale follows the clock wherever it is told; a fleet that is live and quiet does not tick.
import { expect, test } from 'vitest';
import { cluster, type FakeEngine, windowOf } from '../support/fake-engine.ts';
import { podColumns, pods, storyNow, storyWindow, tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

const silentSince = storyNow - 48_000;

const withStalePods = (engine: FakeEngine): void => {
  tellStory(engine);
  engine.answerQuery = (query) =>
    query.table === 'pods'
      ? windowOf(
          podColumns,
          pods.map((row) => ({ ...row, stale: true })),
          { staleSince: silentSince },
        )
      : storyWindow(query);
};

test('strip, title and Clusters say how long ago to ten seconds, not to the minute', async () => {
  const d = await drive({ story: withStalePods });
  await d.type(':po');
  await d.press('enter');
  expect(await d.text()).toContain('◌ run-ap 40s');
  await d.wait(69_000);
  const text = await d.text();
  expect(text).toContain('◌ run-ap 1m50');
  expect(text).toMatch(/◌ as of 12:40:18, 1m50 ago/);
  await d.press('0');
  expect(await d.text()).toContain('stale 1m50');
  await d.wait(65_000);
  expect(await d.text()).toContain('stale 3m');
  await d.quit();
});

test('a window of a live cluster that is read only now and then ages as well', async () => {
  const d = await drive({
    story: (engine) => {
      withStalePods(engine);
      engine.setFleet([cluster('run-eu')]);
    },
  });
  await d.type(':po');
  await d.press('enter');
  await d.wait(14_000);
  expect(await d.text()).toMatch(/◌ as of 12:40:18, 60s ago/);
  await d.quit();
});

test('all live and quiet: nothing is written between two minutes', async () => {
  const d = await drive({
    story: (engine) => {
      tellStory(engine);
      engine.setFleet([cluster('run-eu'), cluster('run-us')]);
    },
  });
  const before = d.screen.writes.length;
  await d.wait(45_000);
  expect(d.screen.writes.length).toBe(before);
  await d.quit();
});
