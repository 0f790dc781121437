// What a person gets wrong, or a machine does to them: one clear line that says what, where and what next; the rest goes
// on working; never a stack trace.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RunningDemo } from '../../src/demo/start.ts';
import { closeAll, startPty } from '../support/pty.ts';
import {
  demoFleet,
  endAll,
  type Home,
  installed,
  kubeconfigOf,
  makeHome,
  type Ran,
  run,
  stackTrace,
  watch,
} from '../support/run-cli.ts';
import { makeCertificate } from '../support/scripted-certificate.ts';

let demo: RunningDemo;
let home: Home;
let bin: string;
let good: string;
let expired: Server;
let expiredAt: string;
const old = makeCertificate(Date.now() - 30 * 86_400_000);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

beforeAll(async () => {
  home = makeHome();
  expired = createServer(old, (_, response) => response.end('{}'));
  await new Promise<void>((resolve) => expired.listen(0, '127.0.0.1', resolve));
  expiredAt = `https://127.0.0.1:${(expired.address() as { port: number }).port}`;
  [bin, demo] = await Promise.all([
    installed(),
    demoFleet({ only: ['iterate-eu'], silentAfterMs: null, incident: false }),
  ]);
  good = home.write('good', kubeconfigOf(demo.clusters));
});
afterEach(closeAll);
afterAll(async () => {
  endAll();
  expired.close();
  await demo.stop();
  home[Symbol.dispose]();
});

type Around = { readonly env?: Record<string, string | undefined>; readonly cwd?: string };

const envOf = (more: Record<string, string | undefined> = {}): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...home.env, KUBECONFIG: good, ...more }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  );

async function fb(args: readonly string[], { env = {}, cwd }: Around = {}): Promise<Ran> {
  const ran = await run(bin, args, { env: envOf(env), ...(cwd === undefined ? {} : { cwd }) });
  expect(ran.stderr).not.toMatch(stackTrace);
  return ran;
}

const namespaces = ['get', 'ns', '--timeout', '8s'];
/** What `get ns` prints for the cluster that is well. */
const works = /^iterate-eu +default /m;

describe('kubeconfig', () => {
  it('one of three files with broken YAML is named with its line; the others are used', async () => {
    const broken = home.write('broken', 'apiVersion: v1\nclusters:\n  - name: [a\n');
    const empty = home.write('none', '{}');
    const ran = await fb(namespaces, { env: { KUBECONFIG: `${empty}:${broken}:${good}` } });

    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(works);
    expect(ran.stderr).toMatch(new RegExp(`^flagbridge: ${broken}: .*line \\d+.*; mend it.*$`, 'm'));
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('a single broken file ends a command and the screen with 2', async () => {
    const broken = home.write('broken', 'apiVersion: v1\nclusters:\n  - name: [a\n');
    const ran = await fb(namespaces, { env: { KUBECONFIG: broken } });
    const screen = startPty(process.execPath, [bin], { env: envOf({ KUBECONFIG: broken }) });

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain(broken);
    expect((await screen.exited).exitCode).toBe(2);
    expect(screen.raw()).toContain(broken);
    expect(screen.raw()).not.toContain('DEMO');
  });

  it('of two users with one name the first counts, and it is said', async () => {
    const second = home.write(
      'second',
      kubeconfigOf([], {
        more: [{ name: 'iterate-eu', cluster: { server: 'https://127.0.0.1:1' }, user: { token: 'other' } }],
      }),
    );
    const ran = await fb(namespaces, { env: { KUBECONFIG: `${good}:${second}` } });

    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(works);
    expect(ran.stderr).toMatch(
      new RegExp(`^flagbridge: ${second}: .*user "iterate-eu".* already named by an earlier file, which wins; .+\\n$`),
    );
  });

  it('two users of one name in one file are named', async () => {
    const [entry] = demo.clusters;
    if (entry === undefined) throw new Error('no cluster');
    const twice = JSON.parse(kubeconfigOf(demo.clusters)) as { users: unknown[] };
    twice.users.push({ name: entry.name, user: { token: 'other' } });
    const path = home.write('twice', JSON.stringify(twice));
    const ran = await fb(['doctor', '--timeout', '8s'], { env: { KUBECONFIG: path } });

    expect(ran.stdout).toMatch(new RegExp(`(WARN|FAIL|info) +kubeconfig +${path}: .*iterate-eu.*\\n +→ `, 'm'));
  });

  it('a file that is not there is an error when it was named', async () => {
    const gone = `${home.path}/nowhere`;
    const [variable, flag] = await Promise.all([
      fb(namespaces, { env: { KUBECONFIG: gone } }),
      fb(['--kubeconfig', gone, ...namespaces]),
    ]);

    for (const ran of [variable, flag]) {
      expect(ran).toMatchObject({ code: 2, stdout: '' });
      expect(ran.stderr).toMatch(new RegExp(`^flagbridge: ${gone}: .*does not exist.*; .+\\n$`));
    }
  });

  it('an empty file names no context', async () => {
    const ran = await fb(namespaces, { env: { KUBECONFIG: home.write('empty', '') } });

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/empty names no context; add one with kubectl config set-context\n$/);
  });

  it('no file and no home: nothing to ask, and how to name one', async () => {
    const ran = await fb(namespaces, { env: { KUBECONFIG: undefined, HOME: undefined } });

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^flagbridge: no clusters: no home folder; .*--kubeconfig/);
  });

  it('a current-context that names nothing is said, and the rest works', async () => {
    const config = JSON.parse(kubeconfigOf(demo.clusters)) as Record<string, unknown>;
    config['current-context'] = 'renamed';
    const ran = await fb(namespaces, { env: { KUBECONFIG: home.write('current', JSON.stringify(config)) } });

    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(works);
    expect(ran.stderr).toMatch(/current: current-context "renamed" names no context; kubectl config use-context NAME/);
  });

  it('a context whose cluster or user is missing is one dead cluster beside the others', async () => {
    const config = JSON.parse(kubeconfigOf(demo.clusters)) as { contexts: unknown[] };
    config.contexts.push({ name: 'half', context: { cluster: 'nowhere', user: 'nobody' } });
    const ran = await fb(namespaces, { env: { KUBECONFIG: home.write('half', JSON.stringify(config)) } });

    expect(ran.stdout).toMatch(works);
    expect(ran.stderr).toMatch(/half.*nowhere/);
  });

  it('--cluster that names nothing lists what is near', async () => {
    const ran = await fb(['get', 'ns', '--cluster', 'iterate-us']);

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^flagbridge: --cluster iterate-us names no context; near: iterate-eu; /);
  });
});

describe('certificates', () => {
  it('an expired serving certificate is named with its end', async () => {
    const more = [
      {
        name: 'old',
        cluster: { server: expiredAt, 'certificate-authority-data': base64(old.cert) },
        user: { token: 't' },
      },
    ];
    const path = home.write('expired-server', kubeconfigOf(demo.clusters, { more }));
    const ran = await fb(namespaces, { env: { KUBECONFIG: path } });

    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(works);
    expect(ran.stderr).toMatch(/^old: .*expired/m);
  });

  it('an expired client certificate needs a login', async () => {
    const [cluster] = demo.clusters;
    const more = [
      {
        name: 'mine',
        cluster: { server: cluster?.server, 'certificate-authority-data': base64(cluster?.ca ?? '') },
        user: { 'client-certificate-data': base64(old.cert), 'client-key-data': base64(old.key) },
      },
    ];
    const path = home.write('expired-client', kubeconfigOf(demo.clusters, { more }));
    const ran = await fb(namespaces, { env: { KUBECONFIG: path } });

    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(works);
    expect(ran.stderr).toMatch(/^mine: login needed: .*certificate.*expired/m);
  });

  it('NODE_TLS_REJECT_UNAUTHORIZED=0 is refused', async () => {
    const ran = await fb(namespaces, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      /^flagbridge: NODE_TLS_REJECT_UNAUTHORIZED=0 would send credentials to any server; unset it/m,
    );
  });
});

describe('folders', () => {
  it('without a home a named kubeconfig works', async () => {
    const ran = await fb(namespaces, { env: { HOME: undefined } });

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(works);
  });

  it('a home that cannot be written costs memory, not work', async () => {
    // Nobody can make a folder there, not even root.
    const ran = await fb(namespaces, { env: { HOME: '/proc' } });
    const doctor = await fb(['doctor'], { env: { HOME: '/proc' } });

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(works);
    expect(doctor.code).toBe(0);
  });

  it('a full disk under stdout is said', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [bin, ...namespaces, '-o', 'json'], {
      env: envOf(),
      stdio: ['ignore', full, 'pipe'],
    });
    const ran = await watch(child).ended;
    closeSync(full);

    expect(ran.stderr).toMatch(/^flagbridge: cannot write: .*ENOSPC/);
    expect(ran.stderr).not.toMatch(stackTrace);
    expect(ran.code).toBe(1);
  });
});

describe('config file', () => {
  it.each([
    ['a wrong key', 'theme: dark\nthem: light\n', /config\.yaml:2:1: .*them.*; .*theme/],
    ['a wrong value', 'theme: pink\n', /config\.yaml:1:\d+: .*; .*dark/],
    ['broken YAML', 'theme: [dark\n', /config\.yaml:\d+:\d+: /],
  ])('%s ends with 2 and its line', async (_, text, words) => {
    using other = makeHome();
    other.write('.config/flagbridge/config.yaml', text);
    const ran = await fb(namespaces, { env: { HOME: other.path } });

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(words);
  });

  it('a file that others may write is not read', async () => {
    const path = home.write('open.yaml', 'theme: dark\n', 0o666);
    const ran = await fb(['--config', path, ...namespaces]);

    expect(ran).toMatchObject({
      code: 2,
      stderr: `flagbridge: ${path}: may be written by other users and is not read; chmod go-w ${path}\n`,
    });
  });

  it('--config that is not there is an error', async () => {
    const ran = await fb(['--config', `${home.path}/none.yaml`, ...namespaces]);

    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/none\.yaml: does not exist; check --config\n$/);
  });
});

describe('command line', () => {
  it.each([
    [['--nonsense'], /^flagbridge: unknown option '--nonsense'/],
    [['traige'], /unknown command 'traige' \(did you mean triage\?\)/],
    [['get'], /missing required argument 'kind'/],
    [['triage', '--timeout', 'soon'], /5s, 2m/],
    [['triage', '-o', 'yaml'], /-o yaml is not there for triage: there are table, json/],
    [['logs', 'cart'], /kind\/name/],
    [['triage', '--metrics-addr', '0.0.0.0:9090'], /--metrics-addr: .*loopback only/],
    [['triage', '--metrics-addr', 'here'], /--metrics-addr: here is no address: write 127\.0\.0\.1:9090/],
    [
      ['triage', '--log-file', '/proc/nothing/here'],
      /--log-file: \/proc\/nothing\/here cannot be written: .*; name another file/,
    ],
  ])('%j is a usage error that says what to do', async (args, words) => {
    const ran = await fb(args);

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(words);
  });
});

describe('terminal', () => {
  it('stdout that is no terminal: the screen says which commands there are', async () => {
    const ran = await fb([]);

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^flagbridge: output is not a terminal; use a command \(flagbridge triage\)/);
  });

  it.each([
    ['TERM=dumb', ['TERM=dumb']],
    ['without TERM', ['-u', 'TERM']],
  ])('%s there is no screen, and it is said what to set', async (_, args) => {
    const screen = startPty('env', [...args, process.execPath, bin], { env: envOf() });

    expect((await screen.exited).exitCode).toBe(2);
    expect(screen.raw()).toMatch(/no screen can be drawn; export TERM=xterm-256color/);
    expect(screen.raw()).not.toContain('\x1b[?1049h');
  });

  it('--deck that is not there names those that are', async () => {
    const screen = startPty(process.execPath, [bin, '--deck', 'nope'], { env: envOf() });

    expect((await screen.exited).exitCode).toBe(2);
    expect(screen.raw()).toMatch(/--deck nope is not there: there are home, workload/);
  });

  it('20x5 says that it is too small, takes q, and grows with the window', async () => {
    const screen = startPty(process.execPath, [bin], { env: envOf(), columns: 20, rows: 5 });
    await screen.shows('60x15, this is 20x5.');
    screen.resize(80, 24);
    await screen.shows('iterate-eu');
    screen.resize(20, 5);
    await screen.shows('60x15, this is 20x5.');
    screen.press('q');

    expect((await screen.exited).exitCode).toBe(0);
  });

  it('a folder instead of a file is named', async () => {
    mkdirSync(`${home.path}/folder`, { recursive: true });
    const ran = await fb(namespaces, { env: { KUBECONFIG: `${home.path}/folder` } });

    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toMatch(/folder: is a folder, not a file; name a file inside it\n$/);
  });
});
