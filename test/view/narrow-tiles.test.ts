// What a narrow tile leaves out is what says least.
import { expect, test } from 'vitest';
import { eventTable } from '../../plugins/kubernetes/events.ts';
import { type FakeEngine, row, windowOf } from '../support/fake-engine.ts';
import { storyNow, storyWindow, tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

const event = (reason: string, text: string) =>
  row('cart.1', ['run-eu'], [storyNow - 6000, null, 'shop', reason, 'cart-7d9f-x2v8k', 9, text, null], { key: reason });

const story = (engine: FakeEngine): void => {
  tellStory(engine);
  engine.answerQuery = (query) =>
    query.table === 'events'
      ? windowOf(eventTable.columns, [
          event('BackOff', 'Back-off restarting failed container'),
          event('ScalingReplicaSet', 'Scaled up replica set cart-7d9f to 3'),
        ])
      : storyWindow(query);
};

test('Events beside Triage: time, cluster and text, not a reason that is cut', async () => {
  const d = await drive({ story });
  const text = await d.text();
  expect(text).toMatch(/TIME +CLUSTER +TEXT/);
  expect(text).toMatch(/12:41 +■run-eu +Back-off res/);
  await d.quit();
});

test('Events in a wider tile show a reason whole, or not at all', async () => {
  const d = await drive({ columns: 200, rows: 60, story });
  expect(await d.text()).toMatch(/■run-eu +ScalingReplicaSet +Scaled/);
  await d.quit();
});

test('Events with a screen of their own have reason, text and object', async () => {
  const d = await drive({ columns: 80, rows: 24, story });
  await d.type(':events');
  await d.press('enter');
  expect(await d.text()).toMatch(/TIME +CLUSTER +REASON +.*TEXT/);
  await d.quit();
});

test('a target of a problem keeps the end of its name, by which pods are told apart', async () => {
  const d = await drive({
    story: (engine) => {
      story(engine);
      const others = engine.answer;
      engine.answer = (question) => {
        const answer = others(question);
        if (question.ask !== 'problem' || !answer.ok) return answer;
        const detail = structuredClone(answer.value) as { problems: { ref: { name: string } }[] };
        for (const problem of detail.problems) problem.ref.name = `a-rather-long-name-of-a-deployment-7d9fbrsl8-x2v8k`;
        return { ok: true, value: detail };
      };
    },
  });
  expect(await d.text()).toMatch(/■run-eu Pod shop\/a-rat[^ ]*…[^ ]*x2v8k/);
  await d.quit();
});
