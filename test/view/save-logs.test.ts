// `S` in Logs: where the file is, or why there is none.
import { expect, test } from 'vitest';
import { tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import type { Answer } from '../../src/protocol/messages.ts';

const saving =
  (answer: Answer) =>
  (engine: FakeEngine): void => {
    tellStory(engine);
    const others = engine.answer;
    engine.answer = (question) => (question.ask === 'save-logs' ? answer : others(question));
  };

test('it says how many lines went where', async () => {
  const d = await drive({ story: saving({ ok: true, value: { path: '/srv/flagbridge-cart.log', lines: 3 } }) });
  await d.type('5');
  await d.press('S');
  expect(d.engine.questions.find((q) => q.ask === 'save-logs')).toMatchObject({ selector: { of: 'app', app: 'cart' } });
  expect(await d.text()).toContain('saved 3 lines to /srv/flagbridge-cart.log');
  await d.quit();
});

test('it says which folder did not take it', async () => {
  const d = await drive({ story: saving({ ok: false, message: '/work lies on a read-only file system' }) });
  await d.type('5');
  await d.press('S');
  expect(await d.text()).toContain('✕ not saved: /work lies on a read-only file system');
  await d.quit();
});
