// Lines of logs and documents that are longer than the screen can be read to their end, wrapped or scrolled sideways.
import { expect, test } from 'vitest';
import { type FakeEngine, logLine, logWindow } from '../support/fake-engine.ts';
import { tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

const long = `start ${'.'.repeat(150)} the end`;

const story = (engine: FakeEngine): void => {
  tellStory(engine);
  engine.answerLogs = () => logWindow([logLine(0, { text: long, level: 'warn' })]);
  const { answerDocument } = engine;
  engine.answerDocument = (form, name) => {
    const document = answerDocument(form, name);
    if (document === undefined) return undefined;
    return { ...document, lines: [...document.lines, { indent: 0, key: 'note', text: long, tone: 'text' }] };
  };
};

test('a log scrolls sideways: time and level stay, the title says how far', async () => {
  const d = await drive({ columns: 80, rows: 24, story });
  await d.type('5');
  expect(await d.text()).toContain('WRN start');
  for (let i = 0; i < 7; i++) await d.press('right');
  const text = await d.text();
  expect(text).toMatch(/WRN \.+ the end/);
  expect(text).toMatch(/→ \d+/);
  for (let i = 0; i < 12; i++) await d.press('left');
  expect(await d.text()).toContain('WRN start');
  expect(await d.text()).not.toMatch(/→ \d+/);
  await d.quit();
});

test('scrolling ends where the longest line does, and wrapping begins at the left again', async () => {
  const d = await drive({ columns: 80, rows: 24, story });
  await d.press('enter', 'y');
  for (let i = 0; i < 40; i++) await d.press('right');
  expect(await d.text()).toContain('the end');
  await d.press('w');
  expect(await d.text()).toContain('note: start');
  await d.press('right');
  expect(await d.text()).toContain('lines are wrapped, w shows them in one');
  await d.quit();
});
