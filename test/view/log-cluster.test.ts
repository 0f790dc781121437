// Whose lines a log shows is always said: by each line, or by the title when all are of one cluster.
import { expect, test } from 'vitest';
import { clusterId } from '../../src/core/ids.ts';
import { type FakeEngine, logLine, logWindow } from '../support/fake-engine.ts';
import { tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

const told =
  (...[clusters, ...names]: readonly [number, ...string[]]) =>
  (engine: FakeEngine): void => {
    tellStory(engine);
    engine.answerLogs = () =>
      logWindow(
        names.map((name, i) => logLine(i, { cluster: clusterId(name) })),
        { clusters },
      );
  };

test('a log of one cluster names it in its title, not in each line', async () => {
  const d = await drive({ story: told(1, 'run-eu', 'run-eu') });
  const text = await d.text();
  expect(text).toMatch(/Logs +cart · ■run-eu · 1 stream/);
  expect(text).toMatch(/00:00:01 +INF line 1/);
  await d.quit();
});

test('while several clusters are followed each line names its own, even when all in sight are of one', async () => {
  const d = await drive({ story: told(2, 'run-eu', 'run-eu') });
  const text = await d.text();
  expect(text).toMatch(/Logs +cart · 1 stream in 2 clusters/);
  expect(text).toMatch(/00:00:01 ■run-eu +INF line 1/);
  await d.quit();
});

test('the logs of one pod say in the footer whose they are', async () => {
  const d = await drive({ story: told(1, 'run-eu') });
  await d.type(':po');
  await d.press('enter');
  await d.press('l');
  const lines = await d.lines();
  expect(lines[2]).toMatch(/Logs +cart-7d9f-x2v8k · ■run-eu/);
  expect(lines.at(-1)).toContain('■run-eu cart-7d9f-x2v8k');
  await d.quit();
});
