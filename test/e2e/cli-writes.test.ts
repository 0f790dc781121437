// Commands that write, as the program runs them: what is asked first, what is refused, what the exit code says.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningDemo } from '../../src/demo/start.ts';
import { demoFleet, endAll, type Home, installed, kubeconfigOf, makeHome, type Ran, run } from '../support/run-cli.ts';

let demo: RunningDemo;
let home: Home;
let bin: string;
let env: Record<string, string>;

beforeAll(async () => {
  home = makeHome();
  [bin, demo] = await Promise.all([
    installed(),
    demoFleet({ only: ['run-eu', 'run-us'], silentAfterMs: null, failingLogin: false }),
  ]);
  env = { ...home.env, KUBECONFIG: home.write('fleet', kubeconfigOf(demo.clusters)) };
  home.write('viewer', kubeconfigOf(demo.clusters, { who: 'viewer' }));
});

afterAll(async () => {
  endAll();
  await demo.stop();
  home[Symbol.dispose]();
});

const fb = (...args: string[]): Promise<Ran> => run(bin, args, { env });
const replicas = async (name: string): Promise<readonly number[]> => {
  const { stdout } = await fb('get', `deploy/${name}`, '-n', 'shop', '-o', 'json');
  const { items } = JSON.parse(stdout) as { items: readonly { spec: { replicas: number } }[] };
  return items.map(({ spec }) => spec.replicas);
};
const journalLines = (): readonly { readonly line: string; readonly cluster?: string; readonly result?: string }[] => {
  const path = join(env['XDG_STATE_HOME'] ?? join(home.path, '.local', 'state'), 'flagbridge', 'journal.jsonl');
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { line: string });
};

describe('flagbridge scale', () => {
  it('refuses a name that several clusters have until they are named', async () => {
    const { code, stderr } = await fb('scale', 'deploy/web', '5', '-n', 'shop', '--yes');
    expect(stderr).toContain('deploy/web is in run-eu, run-us: name the clusters that are meant with --cluster');
    expect(code).toBe(2);
    expect(journalLines()).toEqual([]);
  });

  it('shows the plan and sends nothing without a confirmation', async () => {
    const before = await replicas('web');
    const { code, stdout, stderr } = await fb('scale', 'deploy/web', '9', '-n', 'shop', '--cluster', 'run-eu');
    expect(stdout).toMatch(/^Scale web from \d+ to 9$/m);
    expect(stdout).toMatch(/cluster +run-eu/);
    expect(stdout).toMatch(/kubectl --context \S+ -n shop scale deployments.apps\/web --replicas=9/);
    expect(stderr).toContain('nothing was sent: run-eu/web was not confirmed');
    expect(code).toBe(4);
    expect(await replicas('web')).toEqual(before);
  });

  it('asks the server and changes nothing with --dry-run', async () => {
    const before = await replicas('web');
    const { code, stdout } = await fb('scale', 'deploy/web', '9', '-n', 'shop', '--cluster', 'run-eu', '--dry-run');
    expect(stdout).toMatch(/dry run +accepted/);
    expect(stdout).toContain('+ replicas: 9');
    expect(code).toBe(0);
    expect(await replicas('web')).toEqual(before);
  });

  it('changes each cluster that is named, and writes it down', async () => {
    const { code, stdout } = await fb(
      'scale',
      'deploy/web',
      '7',
      '-n',
      'shop',
      '--cluster',
      'run-*',
      '--yes',
      '--json',
    );
    const { items } = JSON.parse(stdout) as {
      items: readonly { cluster: string; outcome: { result: string }; plan: { tier: number } }[];
    };
    expect(items.map(({ cluster, outcome, plan }) => [cluster, outcome.result, plan.tier])).toEqual([
      ['run-eu', 'done', 1],
      ['run-us', 'done', 1],
    ]);
    expect(code).toBe(0);
    expect(await replicas('web')).toEqual([7, 7]);
    expect(journalLines().map(({ line, cluster, result }) => [line, cluster ?? result])).toEqual([
      ['intent', 'run-eu'],
      ['result', 'applied'],
      ['intent', 'run-us'],
      ['result', 'applied'],
    ]);
  });

  it('sends nothing under --read-only, and nothing a viewer may not', async () => {
    const locked = await fb('--read-only', 'scale', 'deploy/web', '3', '-n', 'shop', '--cluster', 'run-eu', '--yes');
    expect(locked.stderr).toContain('run-eu: started with --read-only');
    expect(locked.code).toBe(1);
    const viewer = await run(bin, ['scale', 'deploy/web', '3', '-n', 'shop', '--cluster', 'run-eu', '--yes'], {
      env: { ...env, KUBECONFIG: join(home.path, 'viewer') },
    });
    expect(viewer.stderr).toContain('you may not patch deployments.apps/scale in shop of run-eu');
    expect(viewer.code).toBe(1);
    expect(await replicas('web')).toEqual([7, 7]);
  });

  it('wants exactly the object confirmed in a protected cluster', async () => {
    const config = home.write('protected.yaml', 'clusters:\n  run-eu: {protected: true}\n');
    const scale = (...more: string[]): Promise<Ran> =>
      fb('--config', config, 'scale', 'deploy/web', '6', '-n', 'shop', '--cluster', 'run-eu', ...more);
    const yes = await scale('--yes');
    expect(yes.stderr).toContain('run-eu: run-eu is protected');
    expect(yes.code).toBe(1);
    const named = await scale('--confirm', 'run-eu/web');
    expect(named.code).toBe(0);
    expect(await replicas('web')).toEqual([6, 7]);
  });

  it('says what is wrong with what was asked', async () => {
    const missing = await fb('scale', 'deploy/nope', '3', '-n', 'shop', '--cluster', 'run-eu', '--yes');
    expect(missing.stderr).toContain('deploy/nope: not found in run-eu');
    expect(missing.code).toBe(1);
    const words = await fb('scale', 'deploy/web', 'many', '-n', 'shop');
    expect(words.stderr).toContain('write a whole number');
    expect(words.code).toBe(2);
    const same = await fb('scale', 'deploy/web', '7', '-n', 'shop', '--cluster', 'run-us', '--yes');
    expect(same.stderr).toContain('run-us: web has 7 replicas already');
    expect(same.code).toBe(1);
  });
});

describe('flagbridge rollback and restart', () => {
  it('puts the release before back in both clusters of the incident', async () => {
    const args = ['rollback', 'deploy/cart', '-n', 'shop', '--cluster', 'run-*', '--yes'];
    const { code, stdout } = await fb(...args);
    expect(stdout).toMatch(/flux undoes it within \S+: Kustomization flux-system\/shop owns this field/);
    expect(stdout).toMatch(/- +image: registry.example\/shop\/cart:2.4.0/);
    expect(code).toBe(0);
    const got = await fb('get', 'deploy/cart', '-n', 'shop', '-o', 'json');
    expect(got.stdout).not.toContain('cart:2.4.0');
  });

  it('restarts, and says that nothing takes it back', async () => {
    const { code, stdout } = await fb('restart', 'deploy/web', '-n', 'shop', '--cluster', 'run-eu', '--yes');
    expect(stdout).toMatch(/undo +nothing takes it back/);
    expect(code).toBe(0);
  });

  it('does not do what a kind cannot', async () => {
    const { stderr, code } = await fb('restart', 'cm/cart-env', '-n', 'shop', '--cluster', 'run-eu', '--yes');
    expect(stderr).toContain('a ConfigMap cannot be restarted');
    expect(code).toBe(1);
  });
});
