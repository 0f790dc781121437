// A log on the screen when there is more of it than can be followed, kept or searched at once.
import { expect, test } from 'vitest';
import { logLine, logWindow } from '../support/fake-engine.ts';
import { storyNow, tellStory } from '../support/fleet-story.ts';
import { type Driver, type DriverOptions, drive } from '../support/screen-driver.ts';

/** A log of which the ring has let the first thousand lines go. */
const first = 1_000;
const end = 1_300;
const line = (i: number) => logLine(i, { time: storyNow - 1_000 * (end - i), text: `line ${i}` });

const open = (more: Parameters<typeof logWindow>[1], driven: DriverOptions = {}): Promise<Driver> =>
  drive({
    ...driven,
    story: (engine) => {
      tellStory(engine);
      engine.answerLogs = (_selector, view) => {
        const anchor = view.anchor === 'newest' ? end - view.limit : view.anchor;
        const offset = Math.max(first, anchor);
        const lines = Array.from({ length: Math.min(view.limit, end - offset) }, (_, i) => line(offset + i));
        return logWindow(lines, { offset, first, matched: end, kept: end - first, dropped: first, ...more });
      };
    },
  });

test.each([
  [120, 40],
  [80, 24],
])('at %ix%i the title says what is only polled', async (columns, rows) => {
  const d = await open({ streams: 60, polled: 12, wantedStreams: 72, clusters: 3 }, { columns, rows });
  await d.press('5', 'z');
  expect(await d.text()).toContain('12 polled');
  if (columns > 80) expect(await d.text()).toContain('5 Logs  12 polled  cart · 60 of 72 streams in 3 clusters');
  await d.quit();
});

test('a filter is counted in what is kept, and says what it has not looked at yet', async () => {
  const d = await open({ unfiltered: 50_000, kept: 90_000 });
  await d.press('5', 'z', '/');
  await d.type('"line"');
  await d.press('enter');
  expect(await d.text()).toContain('300 of 90k lines · 50k to search');
  await d.quit();
});

test('going down from the oldest line that is kept moves at the first press', async () => {
  const d = await open({});
  await d.press('5', 'z', 'g');
  expect(await d.text()).toContain('line 1000');
  await d.press('j');
  const text = await d.text();
  expect(text).not.toContain('line 1000');
  expect(text).toContain('line 1001');
  await d.quit();
});

test('pausing keeps the newest line in sight, under the strip too', async () => {
  const d = await open({ histogram: [{ count: 3, level: 'info' }] });
  await d.press('5', 'z');
  expect(await d.text()).toContain('line 1299');
  await d.press('space');
  const text = await d.text();
  expect(text).toContain('paused  0 below');
  expect(text).toContain('line 1299');
  await d.quit();
});
