// What is published: the bundle and its launcher, which run from any folder with nothing beside them.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningDemo } from '../../src/demo/start.ts';
import { closeAll, startPty } from '../support/pty.ts';
import { demoFleet, endAll, type Home, installed, kubeconfigOf, makeHome, run, watch } from '../support/run-cli.ts';

let home: Home;
let demo: RunningDemo;
/** The package, unpacked in a folder with no node_modules in it or above it. */
let place: string;
let env: Record<string, string>;

beforeAll(async () => {
  home = makeHome();
  const [bin, running] = await Promise.all([installed(), demoFleet({ only: ['run-eu'], silentAfterMs: null })]);
  demo = running;
  place = mkdtempSync(join(tmpdir(), 'flagbridge-published-'));
  cpSync(dirname(dirname(bin)), place, { recursive: true });
  env = { ...home.env, KUBECONFIG: home.write('fleet', kubeconfigOf(demo.clusters)) };
});
afterAll(async () => {
  closeAll();
  endAll();
  await demo.stop();
  rmSync(place, { recursive: true, force: true });
  home[Symbol.dispose]();
});

const bin = (): string => join(place, 'bin/flagbridge.js');
const manifest = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as Record<string, unknown>;

describe('the package', () => {
  it('lists no dependency and no script', () => {
    const keys = Object.keys(manifest());

    expect(keys.filter((key) => /dependenc|scripts|private/i.test(key))).toEqual([]);
    expect(manifest()).toMatchObject({
      name: 'flagbridge',
      bin: { flagbridge: 'bin/flagbridge.js', fb: 'bin/flagbridge.js' },
    });
  });

  it('holds what it says and nothing else', async () => {
    const packed = await watch(
      spawn('npm', ['pack', '--dry-run', '--json', '--offline'], {
        cwd: place,
        env: home.env,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    ).ended;
    const report = JSON.parse(packed.stdout) as unknown;
    const [entry] = (Array.isArray(report) ? report : Object.values(report as object)) as {
      files: { path: string }[];
    }[];
    const paths = entry?.files.map((file) => file.path) ?? [];

    expect(paths).toEqual(
      expect.arrayContaining([
        'package.json',
        'README.md',
        'bin/flagbridge.js',
        'bin/find-node.js',
        'dist/flagbridge.js',
        'dist/engine-worker.js',
        'dist/demo.js',
      ]),
    );
    expect(
      paths.filter(
        (path) => !/^(package\.json|README\.md|LICENSE|bin\/[\w-]+\.js|dist\/[\w-]+\.js(\.LEGAL\.txt)?)$/.test(path),
      ),
    ).toEqual([]);
    expect(statSync(bin()).mode & 0o111).toBe(0o111);
  });

  it('needs nothing that is not in it or in Node', () => {
    const builtIn = new Set(builtinModules);
    for (const name of readdirSync(join(place, 'dist')).filter((file) => file.endsWith('.js'))) {
      const code = readFileSync(join(place, 'dist', name), 'utf8');
      for (const [, from = ''] of code.matchAll(/(?:^|[;}\n])(?:import|export)[^'"();]*?from\s*["']([^"']+)["']/g)) {
        const isThere = from.startsWith('./') || builtIn.has(from.replace(/^node:/, ''));
        expect(isThere, `${name} imports ${from}`).toBe(true);
      }
    }
  });
});

describe('it runs', () => {
  it('--version', async () => {
    const ran = await run(bin(), ['--version'], { env: home.env, cwd: '/' });

    expect(ran).toEqual({ code: 0, signal: null, stdout: `${manifest()['version'] as string}\n`, stderr: '' });
  });

  it('triage', async () => {
    const ran = await run(bin(), ['triage', '-o', 'json'], { env, cwd: '/' });

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(ran.stdout)).toMatchObject({
      kind: 'ProblemList',
      coverage: { clusters: { live: 1, wanted: 1 } },
    });
  });

  it('the screen, with its engine in a thread and the demo in a process', async () => {
    const program = startPty(process.execPath, [bin(), 'demo'], { env: home.env, cwd: '/', columns: 200, rows: 60 });
    await program.shows(/DEMO/);
    await program.shows(/cart .*run-eu/);
    program.press('q');

    expect((await program.exited).exitCode).toBe(0);
  });
});
