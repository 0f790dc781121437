import { renameSync, symlinkSync, unlinkSync } from 'node:fs';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type KubeHome, kubeHome, oneContext } from '../../test/support/kube-home.ts';
import { loadKubeconfig } from '../kube/kubeconfig/kubeconfig.ts';
import { nodeFiles } from '../platform/files.ts';
import { followKubeconfig } from './follow-kubeconfig.ts';

let home: KubeHome;
let updates: (readonly string[])[];
let said: string[];
beforeEach(() => {
  home = kubeHome();
  updates = [];
  said = [];
});
afterEach(() => home[Symbol.dispose]());

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 20 });

async function follow(env: Record<string, string> = {}): Promise<Disposable> {
  const kubeconfigFrom = { env, files: nodeFiles, cwd: home.work, home: home.home, memory: new Map() };
  const kubeconfig = await loadKubeconfig(kubeconfigFrom, kubeconfigFrom.memory);
  return followKubeconfig(
    {
      update: (contexts) => void updates.push(contexts.map((context) => context.name)),
      tell: ({ severity, text }) => void said.push(`${severity} ${text}`),
    },
    { kubeconfig, kubeconfigFrom },
    (loaded) => loaded.contexts,
    { settleMs: 20, pollMs: 200, pollUnwatchedMs: 50 },
  );
}

test('a broken file keeps the last good state and is told once with file, line and what next; mended is told as well', async () => {
  home.write('.kube/config', oneContext('one'));
  using _following = await follow();

  home.write('.kube/config', 'apiVersion: v1\nclusters: [\n');
  await eventually(() => expect(said).toHaveLength(1));
  expect(said[0]).toMatch(/^warn ~\/\.kube\/config: is used as it last was; mend it: line \d+, column \d+: \w/);
  expect(updates.at(-1)).toEqual(['one']);

  home.write('.kube/config', oneContext('two'));
  await eventually(() => expect(updates.at(-1)).toEqual(['two']));
  expect(said.slice(1)).toEqual(['info the kubeconfig is read whole again']);
});

test('a file that is replaced by a rename, and a link that is set to another file', async () => {
  const path = home.write('.kube/config', oneContext('one'));
  using _following = await follow();
  renameSync(home.write('.kube/config.lock', oneContext('two')), path);
  await eventually(() => expect(updates.at(-1)).toEqual(['two']));

  unlinkSync(path);
  symlinkSync(home.write('elsewhere/a', oneContext('three')), path);
  await eventually(() => expect(updates.at(-1)).toEqual(['three']));
  const next = home.path('.kube/next');
  symlinkSync(home.write('elsewhere/b', oneContext('four')), next);
  renameSync(next, path);
  await eventually(() => expect(updates.at(-1)).toEqual(['four']));
});

test('nothing is told after the end, even when it ends before the watch has begun', async () => {
  home.write('.kube/config', oneContext('one'));
  const following = await follow();
  following[Symbol.dispose]();
  home.write('.kube/config', oneContext('two'));
  using _other = await follow();
  home.write('.kube/config', oneContext('three'));
  await eventually(() => expect(updates.at(-1)).toEqual(['three']));
  expect(updates.flat()).not.toContain('one');
});
