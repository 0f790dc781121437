// A wrapped log is paused and scrolled by what is really in sight: a line may take several rows.
import { expect, test } from 'vitest';
import { type FakeEngine, logLine, logWindow } from '../support/fake-engine.ts';
import { tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

const lines = Array.from({ length: 40 }, (_, i) => logLine(i, { text: `start-${i} ${'.'.repeat(120)} end-${i}` }));

const story = (engine: FakeEngine): void => {
  tellStory(engine);
  engine.answerLogs = () => logWindow(lines);
};

test('pausing a wrapped log keeps its newest line in sight, and keys go on from there', async () => {
  const d = await drive({ columns: 80, rows: 24, story });
  await d.type('5');
  await d.press('w');
  expect(await d.text()).toContain('end-39');

  await d.press('space');
  expect(await d.text()).toContain('end-39');
  expect(await d.text()).toMatch(/paused +0 below/);

  await d.press('up');
  expect(await d.text()).toContain('end-38');
  expect(await d.text()).not.toContain('end-39');
  expect(await d.text()).toMatch(/paused +1 below/);

  await d.press('down');
  expect(await d.text()).not.toContain('paused');
  expect(await d.text()).toContain('end-39');
  await d.press('up');
  expect(await d.text()).toContain('end-38');
  await d.quit();
});
