// Every state of a pane says its exact words, and each can be told without any colour and in ASCII.
import { describe, expect, test } from 'vitest';
import type { LiveQuery, Window } from '../../src/core/query.ts';
import { cluster, type FakeEngine, windowOf } from '../support/fake-engine.ts';
import { podColumns, pods, problemColumns, storyNow, storyWindow, tellStory } from '../support/fleet-story.ts';
import { drive, type DriverOptions } from '../support/screen-driver.ts';

/** The story with one table answered otherwise. */
const but =
  (table: string, answer: (query: LiveQuery) => Window | undefined) =>
  (engine: FakeEngine): void => {
    tellStory(engine);
    engine.answerQuery = (query) => (query.table === table ? answer(query) : storyWindow(query));
  };

const state = (given: Window['state']) => () => windowOf(podColumns, [], { state: given });

async function podsPane(story: (engine: FakeEngine) => void, options: DriverOptions = {}): Promise<string> {
  const d = await drive({ ...options, story });
  await d.type(':');
  await d.type('po');
  await d.press('enter');
  const text = await d.text();
  await d.quit();
  return text;
}

describe('a pane without rows says why', () => {
  test('loading: nothing for 300 ms, then who is asked and for how long', async () => {
    const d = await drive({ story: but('problems', () => undefined) });
    await d.wait(2000);
    expect(await d.text()).toMatch(/◐ asking the engine {2}\d s/);
    await d.quit();
  });

  test('empty: what was looked at', async () => {
    const text = await podsPane(but('pods', state({ state: 'empty', lookedAt: '5 clusters are read' })));
    expect(text).toContain('No pods.');
    expect(text).toContain('5 clusters are read');
  });

  test('no match: what it was, and what is near', async () => {
    const d = await drive();
    await d.type('2');
    await d.type('/');
    await d.type('chekout');
    await d.press('enter');
    expect(await d.text()).toContain('Nothing matches chekout.  near: checkout');
    expect(await d.text()).toContain('Esc clears the filter, f looks in other scopes');
    await d.press('esc');
    expect(await d.text()).not.toContain('Nothing matches');
    await d.quit();
  });

  test('denied: what, where, which rule is missing', async () => {
    const text = await podsPane(but('pods', state({ state: 'denied', rules: ['pods: list'] })));
    expect(text).toContain('– You may not list pods in view-1.');
    expect(text).toContain('missing: pods: list; C copies the check');
  });

  test('absent', async () => {
    const text = await podsPane(but('pods', state({ state: 'absent', resource: 'Certificate' })));
    expect(text).toContain('Certificate is not in these clusters.');
  });

  test('all clear only at full coverage', async () => {
    const clear = but('problems', () => windowOf(problemColumns, []));
    const partial = await drive({ story: clear });
    expect(await partial.text()).toContain('◌ Nothing is wrong in 5 of 7 clusters.');
    expect(await partial.text()).not.toContain('● Nothing is wrong.');
    expect(await partial.text()).toContain('▲ Token of edge-7 expired at 11:58.');
    expect(await partial.text()).toContain('run aws sso login --profile edge, c copies it');
    await partial.quit();

    const full = await drive({
      story: (engine) => {
        clear(engine);
        engine.setFleet([cluster('run-eu'), cluster('run-us')]);
      },
    });
    expect(await full.text()).toContain('● Nothing is wrong.');
    full.engine.setAlive(false);
    expect(await full.text()).not.toContain('● Nothing is wrong.');
    await full.quit();
  });

  test('offline', async () => {
    const text = await podsPane((engine) => {
      but('pods', state({ state: 'empty', lookedAt: '' }))(engine);
      const reason = 'connection refused';
      engine.setFleet([
        cluster('run-ap', { state: { phase: 'offline', reason, since: storyNow - 600_000, nextTryAt: null } }),
      ]);
    });
    expect(text).toContain('✕ run-ap does not answer: connection refused, since 12:31.');
    expect(text).toContain('R tries now');
  });

  test('stale: the title says as of when, the rows carry the sign', async () => {
    const stale = pods.map((row) => ({ ...row, stale: true }));
    const text = await podsPane(but('pods', () => windowOf(podColumns, stale, { staleSince: storyNow - 48_000 })));
    expect(text).toMatch(/◌ as of 12:40:18, \d+s ago/);
    expect(text).toContain('◌ cart-7d9f-x2v8k');
  });

  test('a pane that fails says so, the others live on, R restarts it', async () => {
    let isBroken = true;
    const broken = new Proxy([], {
      get: (target, key) => {
        if (isBroken && key === 'length') throw new Error('bad row from plugin kpack');
        return Reflect.get(target, key);
      },
    });
    const d = await drive({
      story: but('problems', () =>
        windowOf(problemColumns, [], {
          columns: [{ ...problemColumns[0]!, title: 'X' }],
          state: { state: 'denied', rules: broken },
        }),
      ),
    });
    expect(await d.text()).toContain('✕ This pane failed: bad row from plugin kpack.');
    expect(await d.text()).toContain('R restarts it');
    expect(await d.text()).toContain('Workloads');
    isBroken = false;
    await d.press('R');
    expect(await d.text()).not.toContain('This pane failed');
    await d.quit();
  });
});

describe('states are told without colour', () => {
  test.each([
    { depth: 'none' as const, ascii: false, signs: ['✕ build-1', '▲ view-1', '◌ run-ap', '○ edge-7', '● iterate-eu'] },
    { depth: '16' as const, ascii: true, signs: ['X build-1', '! view-1', '~ run-ap', 'z edge-7', 'o iterate-eu'] },
  ])('$depth ascii=$ascii', async ({ depth, ascii, signs }) => {
    const d = await drive({ depth, ascii });
    const text = await d.text();
    for (const sign of signs) expect(text).toContain(sign);
    if (ascii) expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(d.screen.violations).toEqual([]);
    if (depth === 'none')
      expect(d.screen.writes.join('')).not.toMatch(/\x1b\[(?:[0-9;]*;)?(?:[34][0-8]|9[0-7])(?:;[0-9;]*)?m/);
    await d.quit();
  });

  test('the selected row is reversed when there are no colours', async () => {
    const d = await drive({ depth: 'none' });
    const line = (await d.lines()).findIndex((text) => text.includes('CrashLoop'));
    expect(d.screen.terminal.buffer.active.getLine(line)?.getCell(10)?.isInverse()).toBeTruthy();
    await d.quit();
  });
});

test('when the engine is silent everything shown is stale', async () => {
  const d = await drive();
  d.engine.setAlive(false);
  const text = await d.text();
  expect(text).toContain('◌ engine silent');
  expect(text).not.toContain('● web');
  expect(text).toContain('◌ web');
  d.engine.setAlive(true);
  expect(await d.text()).toContain('● web');
  await d.quit();
});
