import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type KubeHome, kubeHome, oneContext } from '../../../test/support/kube-home.ts';
import { systemClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { type LoadedKubeconfig, loadKubeconfig } from './kubeconfig.ts';
import { kubeconfigWatchTimes, watchKubeconfig } from './watch.ts';

let home: KubeHome;
let seen: LoadedKubeconfig[];
beforeEach(() => {
  home = kubeHome();
  seen = [];
});
afterEach(() => home[Symbol.dispose]());

const watch = (env: Record<string, string> = {}, times = kubeconfigWatchTimes) =>
  watchKubeconfig({ env, files: nodeFiles, cwd: home.work, home: home.home }, systemClock, (l) => seen.push(l), {
    times,
  });
const names = () => seen.at(-1)?.contexts.map((c) => c.name);
const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

test('a rewritten file is loaded again, whether in place or by a rename', async () => {
  const path = home.write('.kube/config', oneContext('one'));
  using live = await watch();

  home.write('.kube/config', oneContext('two'));
  await eventually(() => expect(names()).toEqual(['two']));
  renameSync(home.write('.kube/new', oneContext('three')), path);
  await eventually(() => expect(names()).toEqual(['three']));

  expect(live.current.contexts[0]?.name).toBe('three');
});

test('broken, emptied or gone: what was last good stays, and the problem is said', async () => {
  const path = home.write('.kube/config', oneContext('one'));
  using _live = await watch();

  home.write('.kube/config', 'clusters: [');
  await eventually(() => expect(seen).toHaveLength(1));
  expect(names()).toEqual(['one']);
  expect(seen[0]?.problems[0]).toMatchObject({
    what: 'is used as it last was',
    next: expect.stringMatching(/^mend it: line 1, column \d+: /),
  });
  home.write('.kube/config', '');
  await eventually(() => expect(seen.at(-1)?.problems[0]?.next).toContain('is empty now'));
  expect(names()).toEqual(['one']);
  rmSync(path);
  await eventually(() => expect(seen.at(-1)?.problems[0]?.next).toContain('does not exist'));
  expect(seen.at(-1)).toMatchObject({ failure: null, mode: 'files' });
  home.write('.kube/config', oneContext('back'));
  await eventually(() => expect(names()).toEqual(['back']));
  expect(seen.at(-1)?.problems).toEqual([]);
});

test('a file that appears is found, also when its folder was not there', async () => {
  using _live = await watch({}, { ...kubeconfigWatchTimes, pollUnwatchedMs: 50 });

  home.write('.kube/config', oneContext('new'));

  await eventually(() => expect(names()).toEqual(['new']));
});

test('the target of a link is watched too', async () => {
  const target = home.write('elsewhere/real', oneContext('one'));
  const link = home.path('link');
  symlinkSync(target, link);
  using _live = await watch({ KUBECONFIG: link });

  home.write('elsewhere/real', oneContext('two'));

  await eventually(() => expect(names()).toEqual(['two']));
});

test('a neighbour that changes is no reason to load, and nothing is told after the end', async () => {
  home.write('.kube/config', oneContext('one'));
  const live = await watch({}, { settleMs: 1, pollMs: 20, pollUnwatchedMs: 20 });

  home.write('.kube/cache', 'x');
  home.write('.kube/config2', 'y');
  // Several looks have passed by the time a change of the file itself is told.
  home.write('.kube/config', oneContext('two'));
  await eventually(() => expect(names()).toEqual(['two']));

  expect(seen.every((l) => l.contexts[0]?.name === 'two')).toBe(true);
  live[Symbol.dispose]();
});

test('what was read before the watch began is compared with the files once', async () => {
  home.write('.kube/config', oneContext('one'));
  const options = { env: {}, files: nodeFiles, cwd: home.work, home: home.home };
  const memory = new Map();
  const loaded = await loadKubeconfig(options, memory);
  home.write('.kube/config', oneContext('two'));
  const times = { settleMs: 1, pollMs: 20, pollUnwatchedMs: 20 };
  using live = await watchKubeconfig(options, systemClock, (l) => seen.push(l), { times, read: { loaded, memory } });

  expect(live.current).toBe(loaded);
  await eventually(() => expect(names()).toEqual(['two']));
});
