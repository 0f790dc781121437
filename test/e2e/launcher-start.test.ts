// How the program starts: from an old Node, through npm, without a bundle, with two at once. Each test has a copy of the
// checkout of its own, so that nobody who runs the real one is disturbed.
import { spawn, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningDemo } from '../../src/demo/start.ts';
import { isNewEnough, nodePackages } from '../../bin/find-node.js';
import { closeAll, expectRestored, startPty } from '../support/pty.ts';
import {
  checkout,
  demoFleet,
  endAll,
  kubeconfigOf,
  makeHome,
  type Ran,
  run,
  start,
  watch,
} from '../support/run-cli.ts';

const version = (createRequire(import.meta.url)('../../package.json') as { version: string }).version;

/** A Node on PATH that is too old to run the program itself; null where there is none. */
function findOldNode(): string | null {
  for (const folder of (process.env['PATH'] ?? '').split(':')) {
    const path = join(folder, 'node');
    if (!existsSync(path)) continue;
    const said = spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout.trim().slice(1);
    if (/^\d+\./.test(said) && !isNewEnough(said)) return path;
  }
  return null;
}

const oldNode = findOldNode();

let demo: RunningDemo;
/** Of somebody with one live cluster. */
let env: Record<string, string>;

const home = makeHome();
const copies: string[] = [];
let shared: string;
let first: Ran;

/** A checkout of its own: sources copied, dependencies linked, no bundle. */
function copyOfCheckout(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flagbridge-checkout-'));
  copies.push(folder);
  const parts = ['bin', 'scripts', 'src', 'views', 'plugins', 'package.json', 'package-lock.json', 'README.md'];
  for (const name of parts) cpSync(join(checkout, name), join(folder, name), { recursive: true });
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

beforeAll(async () => {
  shared = copyOfCheckout();
  demo = await demoFleet({ only: ['run-eu'], silentAfterMs: null });
  env = { ...home.env, KUBECONFIG: home.write('fleet', kubeconfigOf(demo.clusters)) };
  first = await run(join(shared, 'bin/flagbridge.js'), ['--version'], { env: home.env });
});
afterEach(closeAll);
afterAll(async () => {
  endAll();
  await demo.stop();
  for (const folder of copies) rmSync(folder, { recursive: true, force: true });
  home[Symbol.dispose]();
});

const npm = (args: readonly string[], cwd: string) =>
  watch(
    spawn('npm', args, {
      cwd,
      env: { ...home.env, npm_config_update_notifier: 'false' },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  ).ended;

describe('the bundle', () => {
  it('was made at the first start, in a folder of its own', () => {
    expect(first).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
    const names = readdirSync(join(shared, 'dist'));

    expect(names).toContain('flagbridge.js');
    expect(names.filter((name) => name.startsWith('bundle-'))).toHaveLength(1);
    expect(names.filter((name) => name.startsWith('tmp-'))).toEqual([]);
  });

  it('is used as long as no source is newer', async () => {
    const before = readdirSync(join(shared, 'dist'));
    const ran = await run(join(shared, 'bin/flagbridge.js'), ['--version'], { env: home.env });

    expect(ran.stdout).toBe(`${version}\n`);
    expect(readdirSync(join(shared, 'dist'))).toEqual(before);
  });

  it('is renewed when a source is newer, and what runs keeps its own', async () => {
    const folder = copyOfCheckout();
    const bin = join(folder, 'bin/flagbridge.js');
    await run(bin, ['--version'], { env: home.env });
    const [first] = readdirSync(join(folder, 'dist')).filter((name) => name.startsWith('bundle-'));
    const later = new Date(Date.now() + 2000);
    utimesSync(join(folder, 'src/main.ts'), later, later);
    const ran = await run(bin, ['--help'], { env: home.env });

    expect(ran.code).toBe(0);
    const bundles = readdirSync(join(folder, 'dist')).filter((name) => name.startsWith('bundle-'));
    expect(bundles).toHaveLength(2);
    expect(bundles).toContain(first);
  });

  it('can be made by several starts at once', async () => {
    const folder = copyOfCheckout();
    const runs = await Promise.all(
      [1, 2, 3].map(() => run(join(folder, 'bin/flagbridge.js'), ['--version'], { env: home.env })),
    );

    for (const ran of runs) expect(ran).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
    expect(readdirSync(join(folder, 'dist')).filter((name) => name.startsWith('tmp-'))).toEqual([]);
  });

  it('of a broken source is not made: where it is broken, and exit code 2', async () => {
    const folder = copyOfCheckout();
    writeFileSync(join(folder, 'src/main.ts'), 'const = broken;\n');
    const ran = await run(join(folder, 'bin/flagbridge.js'), ['--version'], { env: home.env });

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/cannot be bundled: .*; mend it, then start again\n {2}src\/main\.ts:1 /);
  });

  it('that cannot be written: an old one runs and says so', async () => {
    const folder = copyOfCheckout();
    const bin = join(folder, 'bin/flagbridge.js');
    await run(bin, ['--version'], { env: home.env });
    // A file where a folder is to be made stops root as well.
    const later = new Date(Date.now() + 2000);
    utimesSync(join(folder, 'src/main.ts'), later, later);
    const preload = home.write(
      'read-only.mjs',
      `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
       fs.mkdtempSync = (path) => { throw Object.assign(new Error('EROFS: read-only file system, mkdtemp ' + path), { code: 'EROFS' }); };
       syncBuiltinESMExports();`,
    );
    const ran = await run(bin, ['--version'], { env: home.env, nodeArgs: [`--import=${preload}`] });

    expect(ran).toMatchObject({ code: 0, stdout: `${version}\n` });
    expect(ran.stderr).toMatch(/^flagbridge: an older bundle runs, it cannot be renewed: EROFS/);
  });
});

describe('ways to start', () => {
  it('npm start, npm exec and the bin all run it', async () => {
    const runs = [
      await npm(['start', '--silent', '--', '--version'], shared),
      await npm(['exec', '--offline', '--', 'flagbridge', '--version'], shared),
      await npm(['exec', '--offline', '--', 'fb', '--version'], shared),
    ];

    for (const ran of runs) {
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stdout).toBe(`${version}\n`);
    }
  });

  it('from another folder and through a link', async () => {
    const link = join(home.path, 'fb');
    symlinkSync(join(shared, 'bin/flagbridge.js'), link);
    const ran = await run(link, ['--version'], { env: home.env, cwd: '/' });

    expect(ran.stdout).toBe(`${version}\n`);
  });
});

const why = oldNode === null ? ' (skipped: no Node below 22.19 on PATH)' : '';
describe.skipIf(oldNode === null)(`from an old Node${why}`, () => {
  const node = oldNode ?? '';

  it('runs on the project’s own, with its output and exit code', async () => {
    const good = await run(join(shared, 'bin/flagbridge.js'), ['--version'], { env: home.env, node });
    const bad = await run(join(shared, 'bin/flagbridge.js'), ['get'], { env: home.env, node });

    expect(good).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
    expect(bad).toMatchObject({ code: 2, stdout: '', stderr: expect.stringMatching(/missing required argument/) });
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)('passes %s on to the screen, which ends with %i', async (signal, code) => {
    const program = startPty(node, [join(shared, 'bin/flagbridge.js'), 'demo'], { env: home.env });
    await program.shows(/DEMO/);
    process.kill(program.process.pid, signal);
    const end = await program.exited;

    expectRestored(program.raw());
    // An old Node may end by the signal itself; a shell counts both the same.
    expect(end.exitCode === 0 ? 128 + (end.signal ?? 0) : end.exitCode).toBe(code);
  });

  const follow = ['logs', 'deploy/catalog', '-f', '--tail', '1', '-n', 'shop'];

  it('passes SIGINT on to a command when it was sent to the launcher alone', async () => {
    const running = start(join(shared, 'bin/flagbridge.js'), follow, { env, node });
    await running.until(({ stdout }) => stdout.split('\n').length > 2);
    running.child.kill('SIGINT');

    expect(await running.ended).toMatchObject({ code: 130, signal: null });
  });

  it('leaves a command in order after one Ctrl-C of a terminal, which both of them get', async () => {
    const program = startPty(node, [join(shared, 'bin/flagbridge.js'), ...follow], { env });
    await program.until(() => program.lines().filter((line) => line !== '').length > 2, 'log lines');
    program.press('\x03');

    // Ended by a second signal, it would tell the signal.
    expect(await program.exited).toEqual({ exitCode: 130, signal: 0 });
  });

  it('gives the terminal through: keys and Ctrl-C', async () => {
    const program = startPty(node, [join(shared, 'bin/flagbridge.js'), 'demo'], { env: home.env });
    await program.shows(/cart/);
    program.press('?');
    await program.shows(/Keys/);
    program.press('\x1b');
    await program.until(() => !program.text().includes('Keys'), 'the sheet is closed');
    program.press('\x03');

    expect((await program.exited).exitCode).toBe(0);
    expectRestored(program.raw());
  });

  it('without the project’s own Node is one line, exit code 2', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flagbridge-checkout-'));
    copies.push(folder);
    cpSync(join(checkout, 'bin'), join(folder, 'bin'), { recursive: true });
    mkdirSync(join(folder, 'dist'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const ran = await run(join(folder, 'bin/flagbridge.js'), ['triage'], { env: home.env, node });

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^flagbridge needs Node >= 22\.19\.0, this is \d+\.\d+\.\d+ and .*npm ci.*\n$/);
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('the project’s own Node', () => {
  it('is in the lockfile for all four platforms, new enough and with its integrity', () => {
    const lock = createRequire(import.meta.url)('../../package-lock.json') as {
      packages: Record<string, { version: string; integrity: string; optional?: boolean; hasInstallScript?: boolean }>;
    };

    for (const name of Object.values(nodePackages)) {
      const entry = lock.packages[`node_modules/${name}`];
      expect(entry, name).toMatchObject({ optional: true, integrity: expect.stringMatching(/^sha512-/) });
      expect(isNewEnough(entry?.version ?? '0.0.0'), name).toBe(true);
      expect(entry?.hasInstallScript, name).toBeUndefined();
    }
  });
});
