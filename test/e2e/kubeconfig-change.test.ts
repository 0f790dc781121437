// A kubeconfig that changes while the program runs: kubectl, a login tool or an editor writes it, nobody restarts.
import { renameSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunningDemo } from '../../src/demo/start.ts';
import { closeAll, startPty } from '../support/pty.ts';
import { demoFleet, endAll, type Home, installed, kubeconfigOf, makeHome, start } from '../support/run-cli.ts';

let demo: RunningDemo;
let bin: string;
let home: Home;

beforeAll(async () => {
  home = makeHome();
  [bin, demo] = await Promise.all([
    installed(),
    demoFleet({ only: ['run-eu', 'run-us', 'edge-7'], silentAfterMs: null, incident: false, failingLogin: false }),
  ]);
});
afterAll(async () => {
  closeAll();
  endAll();
  await demo.stop();
  home[Symbol.dispose]();
});

const holding = (...names: readonly string[]): string =>
  kubeconfigOf(demo.clusters.filter((cluster) => names.includes(cluster.name)));

it('the screen adds, removes and keeps clusters, and a broken file changes nothing but a line', async () => {
  const path = home.write('.kube/config', holding('run-eu', 'run-us'));
  const program = startPty(process.execPath, [bin], { env: home.env, cwd: '/', columns: 160 });
  await program.shows(/2\/2 live/);
  program.press('0');

  renameSync(home.write('.kube/next', holding('run-eu', 'run-us', 'edge-7')), path);
  await program.shows(/the kubeconfig adds edge-7/);
  await program.shows(/3\/3 live/);
  await program.shows(/edge-7 .*live/);

  home.write('.kube/config', 'apiVersion: v1\ncontexts: [');
  await program.shows(/~\/\.kube\/config: is used as it last was; mend it: line 2, column 12: /);
  await program.shows(/3\/3 live/);

  home.write('.kube/config', holding('run-eu'));
  await program.shows(/1\/1 live/);
  await program.until(() => !/[●■] ?(run-us|edge-7)/.test(program.text()), 'two clusters are gone');
  program.press('\x03');
  await program.exited;
});

it('logs --follow goes on with the credentials that were written meanwhile', async () => {
  const path = home.write('follow', holding('run-eu'));
  const env = { ...home.env, KUBECONFIG: path };
  const running = start(bin, ['logs', 'deploy/catalog', '-f', '-n', 'shop', '-o', 'json', '--tail', '5'], { env });
  const lines = (): number => running.stdout.split('\n').length;
  await running.until(() => lines() > 5);

  home.write('follow', JSON.stringify(JSON.parse(holding('run-eu')), null, 1).replace('"shop"', '"default"'));
  await running.until(() => /the kubeconfig changes run-eu/.test(running.stderr));
  await running.until(() => /connected anew/.test(running.stdout));
  const before = lines();
  await running.until(() => lines() > before + 3);

  running.child.kill('SIGINT');
  expect((await running.ended).code).toBe(130);
  const said = running.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; pod: string; time: string; text: string })
    .filter((line) => line.type === 'line')
    .map(({ pod, time, text }) => `${pod} ${time} ${text}`);
  expect(new Set(said).size).toBe(said.length);
});
