// Logins as a person meets them: a plugin that fails, a terminal that is lent to it, one login that heals every cluster
// of that identity; and a plugin beside its kubeconfig, which is asked about before it runs.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunningDemo } from '../../src/demo/start.ts';
import { closeAll, expectRestored, type PtyProgram, startPty } from '../support/pty.ts';
import { demoFleet, endAll, type Home, installed, makeHome, run } from '../support/run-cli.ts';

let demo: RunningDemo;
let bin: string;
let home: Home;
let env: Record<string, string>;

beforeAll(async () => {
  [bin, demo] = await Promise.all([
    installed(),
    demoFleet({ only: ['run-eu', 'run-us'], silentAfterMs: null, incident: false, failingLogin: false }),
  ]);
});
beforeEach(() => {
  home = makeHome();
  env = { ...home.env, PATH: `${home.path}/tools:${home.env['PATH']}` };
  for (const { port, users } of demo.clusters)
    if (users.ops.by === 'token') home.write(`tokens/${port}`, users.ops.token);
});
afterEach(() => {
  closeAll();
  home[Symbol.dispose]();
});
afterAll(async () => {
  endAll();
  await demo.stop();
});

/** Asks for a code when it has a terminal, fails without a session, else gives the token of the cluster it is told. */
const plugin = `#!/bin/sh
echo run >> "$HOME/runs"
give() {
  port=$(printf '%s' "$KUBERNETES_EXEC_INFO" | sed 's/.*127.0.0.1:\\([0-9]*\\).*/\\1/')
  printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat "$HOME/tokens/$port")"
  exit 0
}
[ -f "$HOME/session" ] && give
case $KUBERNETES_EXEC_INFO in *'"interactive":true'*)
  printf 'one-time code: ' >/dev/tty
  read -r code </dev/tty
  [ "$code" = 4711 ] || exit 7
  touch "$HOME/session"
  give
esac
echo 'the session of corp has expired, token=s3cr3ts3cr3t' >&2
exit 1
`;

function kubeconfig(command: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'run-eu',
    clusters: demo.clusters.map((c) => ({
      name: c.name,
      cluster: { server: c.server, 'certificate-authority-data': Buffer.from(c.ca).toString('base64') },
    })),
    users: [
      {
        name: 'me',
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command,
            interactiveMode: 'IfAvailable',
            provideClusterInfo: true,
          },
        },
      },
    ],
    contexts: demo.clusters.map((c) => ({ name: c.name, context: { cluster: c.name, user: 'me', namespace: 'shop' } })),
  });
}

const runsOf = (): number =>
  existsSync(`${home.path}/runs`) ? readFileSync(`${home.path}/runs`, 'utf8').trimEnd().split('\n').length : 0;

/** The screen on its Clusters pane, where run-eu needs a login. */
async function openClusters(path: string, size: { columns?: number; rows?: number } = {}): Promise<PtyProgram> {
  const program = startPty(process.execPath, [bin], { env: { ...env, KUBECONFIG: path }, cwd: '/', ...size });
  await program.shows(/run-eu/);
  program.press('0');
  await program.shows(/run-eu.*login needed/);
  return program;
}

describe('a plugin that fails', () => {
  it('is a line with its words, redacted, and the remedy; exit code 3', async () => {
    home.write('tools/corp-login', plugin, 0o700);
    const path = home.write('.kube/config', kubeconfig('corp-login'));
    const ran = await run(bin, ['get', 'ns'], { env: { ...env, KUBECONFIG: path }, cwd: '/' });

    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(
      /^run-eu: login needed: .*corp-login.*the session of corp has expired.*; run corp-login$/m,
    );
    expect(ran.stderr).not.toContain('s3cr3t');
    expect(ran.stderr.trimEnd().split('\n')).toHaveLength(2);
  });

  it('gets the terminal with Enter, and one login heals every cluster of the identity', async () => {
    home.write('tools/corp-login', plugin, 0o700);
    const program = await openClusters(home.write('.kube/config', kubeconfig('corp-login')));
    await program.shows(/run-us.*login needed/);
    program.press('\r');
    await program.shows('one-time code:');
    expect(program.isAlternate).toBe(false);
    program.press('4711\r');
    await program.until(() => program.isAlternate, 'the screen is back');

    await program.shows(/2\/2 live/);
    expect(program.text()).not.toMatch(/login needed/);
    // The credential that it printed was captured.
    for (const { users } of demo.clusters)
      if (users.ops.by === 'token') expect(program.raw()).not.toContain(users.ops.token);
    program.press('\x03');
    await program.exited;
    expectRestored(program.raw());
  });

  it('a login that fails says how it ended, and Enter tries again', async () => {
    home.write('tools/corp-login', plugin, 0o700);
    const program = await openClusters(home.write('.kube/config', kubeconfig('corp-login')));
    program.press('\r');
    await program.shows('one-time code:');
    program.press('wrong\r');
    await program.shows(/ended with 7; Enter tries again/);
    program.press('\r');
    await program.until(() => program.raw().split('one-time code:').length === 3, 'it is asked again');
    program.press('4711\r');

    await program.shows(/2\/2 live/);
  });
});

describe('a plugin beside its kubeconfig', () => {
  let path: string;
  beforeEach(() => {
    home.write('session', '');
    home.write('download/corp-login', plugin, 0o700);
    path = home.write('download/config', kubeconfig('./corp-login'));
  });

  it('does not run, and a command says how to allow it', async () => {
    const ran = await run(bin, ['get', 'ns'], { env: { ...env, KUBECONFIG: path }, cwd: '/' });

    expect(ran).toMatchObject({ code: 3, stdout: '' });
    expect(ran.stderr).toMatch(
      /^run-eu: login needed: plugin .*\/download\/corp-login was not allowed yet.*Enter on the cluster in the screen/m,
    );
    expect(runsOf()).toBe(0);
  });

  it.each([
    { columns: 80, rows: 24 },
    { columns: 120, rows: 40 },
  ])('Enter shows what it is at $columns x $rows, y allows it for good', async ({ columns, rows }) => {
    const digest = createHash('sha256').update(plugin).digest('hex');
    const program = await openClusters(path, { columns, rows });
    program.press('\r');
    await program.shows('Allow this program');
    await program.shows(digest);
    expect(program.text()).toContain(`${home.path}/download/corp-login`);
    expect(runsOf()).toBe(0);
    program.press('y');
    await program.shows(/■run-eu .*live/);
    await program.shows(/■run-us .*live/);
    program.press('\x03');
    await program.exited;
    const ran = await run(bin, ['get', 'ns', '-o', 'name'], { env: { ...env, KUBECONFIG: path }, cwd: '/' });

    expect(ran).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['Enter', '\r'],
    ['Esc', '\x1b'],
  ])('%s leaves it alone', async (_, key) => {
    const program = await openClusters(path);
    program.press('\r');
    await program.shows('Allow this program');
    program.press(key);
    await program.until(() => !program.text().includes('Allow this program'), 'the sheet is gone');

    expect(program.text()).toMatch(/run-eu.*login needed/);
    expect(runsOf()).toBe(0);
  });

  it('a program that was changed since it was looked at is not allowed', async () => {
    const program = await openClusters(path);
    program.press('\r');
    await program.shows('Allow this program');
    home.write('download/corp-login', plugin.replace('echo run', 'echo stolen'), 0o700);
    program.press('y');
    await program.shows(/has changed since you looked/);

    expect(runsOf()).toBe(0);
  });
});
