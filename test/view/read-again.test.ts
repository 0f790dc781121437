// What cannot be watched says as of when it is, and `R` reads it again; what streams has nothing to read again.
import { expect, test } from 'vitest';
import { cluster, type FakeEngine, windowOf } from '../support/fake-engine.ts';
import { podColumns, pods, storyNow, storyWindow, tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

const allLive = (engine: FakeEngine): void => {
  tellStory(engine);
  engine.setFleet([cluster('run-eu'), cluster('run-us')]);
};

const readOnce = (engine: FakeEngine): void => {
  allLive(engine);
  engine.answerQuery = (query) =>
    query.table === 'pods' ? windowOf(podColumns, pods, { staleSince: storyNow - 48_000 }) : storyWindow(query);
};

test('a list of what cannot be watched is listed again, and the words say so', async () => {
  const d = await drive({ story: readOnce });
  await d.type(':po');
  await d.press('enter');
  expect(await d.text()).toContain('◌ as of 12:40:18, 40s ago · R reads it again');
  await d.press('R');
  expect(d.engine.questions).toContainEqual({ ask: 'list-again', table: 'pods' });
  expect(d.engine.questions.map((q) => q.ask)).not.toContain('retry');
  expect(await d.text()).toContain('listing Pods again, where it cannot be watched');
  await d.quit();
});

test('with a cluster away it tries that one as well', async () => {
  const d = await drive({
    story: (engine) => {
      readOnce(engine);
      const state = { phase: 'stale', lastHeard: storyNow - 48_000, reason: 'gone', nextTryAt: null } as const;
      engine.setFleet([cluster('run-eu'), cluster('run-ap', { state })]);
    },
  });
  await d.type(':po');
  await d.press('enter');
  expect(await d.text()).not.toContain('R reads it again');
  await d.press('R');
  expect(d.engine.questions).toContainEqual({ ask: 'list-again', table: 'pods' });
  expect(d.engine.questions).toContainEqual({ ask: 'retry', cluster: null });
  await d.quit();
});

test('a document that nothing keeps current is opened anew', async () => {
  let opened = 0;
  const d = await drive({
    story: (engine) => {
      allLive(engine);
      const { answerDocument } = engine;
      engine.answerDocument = (form, name) => {
        opened++;
        const document = answerDocument(form, name);
        return document === undefined ? undefined : { ...document, stale: true };
      };
    },
  });
  await d.press('enter', 'd');
  expect(await d.text()).toContain('R reads it again');
  await d.press('R');
  expect(opened).toBe(2);
  expect(await d.text()).toContain('reading cart-7d9f-x2v8k again');
  await d.quit();
});

test('where all of it streams the key says why it does nothing', async () => {
  const d = await drive({ story: allLive });
  await d.press('R');
  expect(await d.text()).toContain('all of it streams');
  expect(d.engine.questions.map((q) => q.ask)).not.toContain('retry');
  await d.quit();
});
