// One thing is called and shown the same wherever it stands.
import { expect, test } from 'vitest';
import { cluster, type FakeEngine } from '../support/fake-engine.ts';
import { tellStory } from '../support/fleet-story.ts';
import { drive } from '../support/screen-driver.ts';

test('a cluster that is not connected has the sign of the strip in Clusters too', async () => {
  const d = await drive({
    story: (engine) => {
      tellStory(engine);
      engine.setFleet([
        cluster('run-eu'),
        cluster('edge-7', { state: { phase: 'login', message: 'token expired', command: null, since: 0 } }),
        cluster('edge-8', { state: { phase: 'parked' } }),
        cluster('edge-9', { state: { phase: 'denied', what: ['list pods'], since: 0 } }),
      ]);
    },
  });
  await d.press('0');
  const text = await d.text();
  expect(text).toMatch(/○ edge-7 login/);
  expect(text).toMatch(/○ {2}■edge-7 .*login needed/);
  expect(text).toMatch(/○ {2}■edge-8 .*parked/);
  expect(text).toMatch(/– {2}■edge-9 .*denied/);
  await d.quit();
});

test('the list of a kind has the capitals of the kind', async () => {
  const d = await drive({
    story: (engine: FakeEngine) => {
      tellStory(engine);
      const others = engine.answer;
      engine.answer = (question) =>
        question.ask === 'resources'
          ? {
              ok: true,
              value: [
                {
                  table: 'networkpolicies.networking.k8s.io',
                  kind: 'NetworkPolicy',
                  names: ['networkpolicies', 'netpol'],
                  group: 'networking.k8s.io',
                  namespaced: true,
                  clusters: 2,
                },
              ],
            }
          : others(question);
    },
  });
  await d.type(':netpol');
  await d.press('enter');
  expect(await d.text()).toContain('NetworkPolicies');
  await d.quit();
});

test('where Enter describes, the footer does not say it of d as well', async () => {
  const d = await drive();
  await d.type(':events');
  await d.press('enter');
  const last = (await d.lines()).at(-1) ?? '';
  expect(last).toContain('Enter describe');
  expect(last).not.toContain('d describe');
  await d.quit();
});
