// A list that covers the deck has the detail of its own selection below it, not what the deck last knew.
import { expect, test } from 'vitest';
import type { Problem } from '../../src/core/problem.ts';
import { clusterId } from '../../src/core/ids.ts';
import type { FakeEngine } from '../support/fake-engine.ts';
import { tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

test('Clusters tell what the identity may do', async () => {
  const d = await drive({
    story: (engine) => {
      tellStory(engine);
      const others = engine.answer;
      engine.answer = (question) =>
        question.ask === 'rights'
          ? { ok: true, value: { user: 'jane', groups: ['on-call'], rights: [] } }
          : others(question);
    },
  });
  await d.press('0');
  await d.wait(300);
  await d.press('j');
  await d.wait(300);
  expect(await d.text()).toMatch(/known as +jane/);
  await d.quit();
});

const inTwo = (engine: FakeEngine): void => {
  tellStory(engine);
  const others = engine.answer;
  engine.answer = (question) => {
    const answer = others(question);
    if (!answer.ok || (question.ask !== 'problem' && question.ask !== 'why')) return answer;
    const whole = others({ ask: 'problem', key: 'key' in question ? question.key : '' });
    const [problem] = whole.ok ? (whole.value as { problems: readonly Problem[] }).problems : [];
    if (problem === undefined) return answer;
    const far = { ...problem, ref: { ...problem.ref, cluster: clusterId('run-ap'), name: 'cart-far' } };
    return question.ask === 'why'
      ? { ok: true, value: [problem, far] }
      : { ok: true, value: { key: question.key, problems: [problem, far] } };
  };
};

test('Triage opened from another deck asks for its problem, and lists its targets in scope only', async () => {
  const d = await drive({ story: inTwo });
  await d.type('`');
  await d.wait(300);
  d.engine.questions.length = 0;
  await d.press('1');
  await d.wait(300);
  await d.press('j');
  await d.wait(300);
  await d.press('k');
  await d.wait(300);
  expect(d.engine.questions.some((q) => q.ask === 'problem')).toBe(true);
  const text = await d.text();
  expect(text).toMatch(/1 target +\d\d:\d\d ■run-eu/);
  expect(text).not.toContain('cart-far');
  await d.quit();
});

test('why says nothing of clusters outside the scope, unless it is about one of them', async () => {
  const d = await drive({ story: inTwo });
  await d.press('W');
  expect(await d.text()).toContain('cart-far');
  await d.press('f');
  await d.type('c:run-eu');
  await d.press('enter');
  expect(await d.text()).not.toContain('cart-far');
  expect(await d.text()).toContain('1 target');
  await d.press('f');
  await d.press('ctrl-u');
  await d.type('c:build-1');
  await d.press('enter');
  expect(await d.text()).toContain('2 targets');
  await d.quit();
});
