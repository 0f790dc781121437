// KC1–KC9 with real child processes: a credential plugin runs once for the whole fleet, within limits, and never gets a
// secret or an escape sequence onto a screen.
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ApiError } from '../../src/kube/api-error.ts';
import { loadPluginPolicy, type PluginConsent } from '../../src/kube/credentials/plugin-policy.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { nodeProcesses } from '../../src/platform/processes.ts';
import { execContext, execPlugin, printToken, runsOf, testRunner, writePlugin } from '../support/credential-plugin.ts';
import { type KubeHome, kubeHome, oneContext } from '../support/kube-home.ts';
import { manualClock } from '../support/manual-clock.ts';

let home: KubeHome;
beforeEach(() => {
  home = kubeHome();
});
afterEach(() => home[Symbol.dispose]());

const never = new AbortController().signal;
const failure = async (promise: Promise<unknown>): Promise<ApiError> => {
  const error = await promise.then(
    () => new Error('did not fail'),
    (e: unknown) => e,
  );
  if (error instanceof ApiError) return error;
  throw error;
};
const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('one run for one question', () => {
  test('fifty requests of five clusters start one plugin (KC4)', async () => {
    const plugin = execPlugin(writePlugin(home, 'plugin', `sleep 0.2; ${printToken('abc')}`));
    const runner = testRunner();
    const contexts = Array.from({ length: 5 }, (_, i) => execContext(plugin, { server: `https://c${i}` }));

    const all = await Promise.all(Array.from({ length: 50 }, (_, i) => runner.get(contexts[i % 5]!, plugin, never)));

    expect(new Set(all.map((c) => c.token))).toEqual(new Set(['abc']));
    expect(runsOf(home)).toHaveLength(1);
  });

  test('a plugin that wants to know the cluster runs once for each', async () => {
    const plugin = execPlugin(writePlugin(home, 'plugin', printToken('abc')), {
      provideClusterInfo: true,
      clusterConfig: { audience: 'x' },
    });
    const runner = testRunner();
    const pem = Buffer.from('-----BEGIN CERTIFICATE-----');

    for (const server of ['https://a', 'https://b', 'https://a'])
      await runner.get(
        execContext(plugin, { server, tls: { ca: { pem }, serverName: 's', insecure: false } }),
        plugin,
        never,
      );

    const infos = runsOf(home).map(
      (run) => JSON.parse(run.info) as { spec: { cluster: object; interactive: boolean } },
    );
    expect(infos).toHaveLength(2);
    expect(infos[0]).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      spec: {
        interactive: false,
        cluster: {
          server: 'https://a',
          'tls-server-name': 's',
          'certificate-authority-data': pem.toString('base64'),
          config: { audience: 'x' },
        },
      },
    });
  });

  test('KUBERNETES_EXEC_INFO is there without cluster information too; display and browser are not', async () => {
    const plugin = execPlugin(
      writePlugin(home, 'plugin', `echo "$DISPLAY/$BROWSER/$X" > ${home.path('env')}; ${printToken('a')}`),
      {
        env: [{ name: 'X', value: 'y' }],
      },
    );

    await testRunner({ env: { PATH: process.env['PATH'], DISPLAY: ':0' } }).get(execContext(plugin), plugin, never);

    expect(JSON.parse(runsOf(home)[0]!.info)).toMatchObject({ spec: { interactive: false } });
    expect(readFileSync(home.path('env'), 'utf8')).toBe('/false/y\n');
  });

  test('at most four run at once', async () => {
    const counting = `
      mkdir ${home.path('now')}-$$; ls -d ${home.path('now')}-* | wc -l >> ${home.path('at-once')}
      sleep 0.2; rmdir ${home.path('now')}-$$; ${printToken('a')}`;
    const command = writePlugin(home, 'plugin', counting);
    const runner = testRunner();

    await Promise.all(
      Array.from({ length: 9 }, (_, i) => {
        const plugin = execPlugin(command, { args: [String(i)] });
        return runner.get(execContext(plugin), plugin, never);
      }),
    );

    const most = Math.max(...readFileSync(home.path('at-once'), 'utf8').trim().split('\n').map(Number));
    expect(runsOf(home)).toHaveLength(9);
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(4);
  });
});

test('plugins that hang hold up no other for long', async () => {
  const clock = manualClock();
  const hanging = writePlugin(home, 'hanging', 'exec sleep 60');
  const runner = testRunner({ clock, processes: nodeProcesses() });
  const stop = new AbortController();
  const hung = Array.from({ length: 4 }, (_, i) => {
    const plugin = execPlugin(hanging, { args: [String(i)] });
    return runner.get(execContext(plugin), plugin, stop.signal).catch(() => 'stopped');
  });
  const plugin = execPlugin(writePlugin(home, 'plugin', printToken('good')));
  const good = runner.get(execContext(plugin), plugin, never);

  const ticking = setInterval(() => clock.advance(500), 20);
  expect(await good).toMatchObject({ token: 'good' });
  clearInterval(ticking);
  stop.abort();

  expect(await Promise.all(hung)).toEqual(['stopped', 'stopped', 'stopped', 'stopped']);
});

describe('how long a credential is kept', () => {
  test('until its expirationTimestamp, and without one until it is refused', async () => {
    const clock = manualClock();
    const soon = new Date(clock.now() + 600_000).toISOString();
    const plugin = execPlugin(writePlugin(home, 'plugin', printToken('abc', `,"expirationTimestamp":"${soon}"`)));
    const forever = execPlugin(writePlugin(home, 'forever', printToken('abc')));
    const runner = testRunner({ clock, processes: nodeProcesses() });
    const get = (p = plugin) => runner.get(execContext(p), p, never);

    await get();
    clock.advance(580_000);
    await get();
    expect(runsOf(home)).toHaveLength(1);
    clock.advance(15_000);
    await get();
    expect(runsOf(home)).toHaveLength(2);
    const kept = await get(forever);
    clock.advance(86_400_000);
    expect(await get(forever)).toBe(kept);
    runner.drop(execContext(forever), forever, kept);
    expect(await get(forever)).not.toBe(kept);
    expect(runsOf(home)).toHaveLength(4);
  });

  test('dropping one that was renewed in the meantime changes nothing', async () => {
    const plugin = execPlugin(writePlugin(home, 'plugin', printToken('abc')));
    const runner = testRunner();
    const first = await runner.get(execContext(plugin), plugin, never);
    runner.drop(execContext(plugin), plugin, first);
    const second = await runner.get(execContext(plugin), plugin, never);

    runner.drop(execContext(plugin), plugin, first);

    expect(await runner.get(execContext(plugin), plugin, never)).toBe(second);
  });

  test('a failure is kept for a minute, or until somebody tries again', async () => {
    const clock = manualClock();
    const plugin = execPlugin(writePlugin(home, 'plugin', 'echo no >&2; exit 3'));
    const runner = testRunner({ clock, processes: nodeProcesses() });
    const get = () => failure(runner.get(execContext(plugin), plugin, never));

    expect((await get()).message).toBe('credential plugin plugin ended with exit code 3: no');
    await get();
    expect(runsOf(home)).toHaveLength(1);
    clock.advance(61_000);
    await get();
    runner.renew(execContext(plugin), plugin);
    await get();
    expect(runsOf(home)).toHaveLength(3);
  });
});

describe('limits', () => {
  test('a plugin that hangs is killed with its children (KC5), others go on', async () => {
    const clock = manualClock();
    const child = home.path('child');
    const hanging = execPlugin(
      writePlugin(
        home,
        'hanging',
        `trap '' TERM; sh -c 'trap "" TERM; echo $$ > ${child}; sleep 60; sleep 60'; sleep 60`,
      ),
    );
    const fine = execPlugin(writePlugin(home, 'fine', printToken('abc')));
    const runner = testRunner({ clock, processes: nodeProcesses(clock) });
    const hung = failure(runner.get(execContext(hanging), hanging, never));
    await vi.waitFor(() => expect(existsSync(child) && readFileSync(child, 'utf8')).toMatch(/\d+\n/), {
      timeout: 10_000,
    });

    const other = runner.get(execContext(fine), fine, never);
    // The second of two plugins waits a moment; time stands still here, so it is let on.
    await vi.waitFor(() => {
      clock.advance(1);
      expect(runsOf(home)).toHaveLength(2);
    });
    expect((await other).token).toBe('abc');
    clock.advance(30_000);
    clock.advance(1000);

    expect((await hung).message).toBe('credential plugin hanging did not answer within 30 s');
    const pids = [...runsOf(home).map((r) => r.pid), Number(readFileSync(child, 'utf8'))];
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 10_000 });
  });

  test('a flood on stdout is cut and its writer stopped (KC7); a flood on stderr is only read away', async () => {
    const flood = execPlugin(writePlugin(home, 'flood', 'exec yes'));
    const chatty = execPlugin(writePlugin(home, 'chatty', `head -c 30000000 /dev/zero >&2; ${printToken('abc')}`));
    const runner = testRunner();

    expect((await failure(runner.get(execContext(flood), flood, never))).message).toContain(
      'printed more than a credential',
    );
    expect((await runner.get(execContext(chatty), chatty, never)).token).toBe('abc');
  });

  test('when nobody waits any more the run is stopped', async () => {
    const plugin = execPlugin(writePlugin(home, 'plugin', 'sleep 60'));
    const runner = testRunner();
    const stop = new AbortController();
    const waiting = failure(runner.get(execContext(plugin), plugin, stop.signal));
    await vi.waitFor(() => expect(runsOf(home)).toHaveLength(1), { timeout: 10_000 });

    stop.abort();

    expect((await waiting).kind).toBe('aborted');
    await vi.waitFor(
      () =>
        expect(
          runsOf(home)
            .map((r) => r.pid)
            .filter(isAlive),
        ).toEqual([]),
      { timeout: 10_000 },
    );
  });
});

describe('what a plugin says', () => {
  test('escape sequences and secrets of stderr do not get through (KC6)', async () => {
    const plugin = execPlugin(
      writePlugin(
        home,
        'plugin',
        `printf 'tok\\033[31men=SECRETSECRET \\033]0;PWNED\\007\\nBearer abcdefghijkl and %s\\n\\302\\2330m end\\n' "$HIDDEN" >&2; exit 1`,
      ),
      { env: [{ name: 'HIDDEN', value: 'hunter2hunter2' }] },
    );

    const { message } = await failure(testRunner().get(execContext(plugin), plugin, never));

    expect(message).not.toMatch(/[\0-\x1f\x7f-\x9f]|SECRETSECRET|abcdefghijkl|hunter2/);
    expect(message).toContain('end');
  });

  test.each([
    ['', 'printed nothing'],
    ['echo hello', 'no JSON'],
    [`echo '{"kind":"Pod"}'`, 'printed Pod, not an ExecCredential'],
    [
      `echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1"}'`,
      'asks for client.authentication.k8s.io/v1',
    ],
    [printToken(''), 'neither a token nor a certificate'],
    [printToken('a b'), 'no header may carry'],
    [printToken('a', ',"expirationTimestamp":"soon"'), 'no time'],
    [printToken('a', ',"clientKeyData":"x"'), 'key without its certificate'],
  ])('%s is refused: %s', async (script, words) => {
    const plugin = execPlugin(writePlugin(home, 'plugin', script));

    expect((await failure(testRunner().get(execContext(plugin), plugin, never))).message).toContain(words);
  });

  test('a certificate and key are a credential too', async () => {
    const plugin = execPlugin(
      writePlugin(home, 'plugin', printToken('', ',"clientCertificateData":"c","clientKeyData":"k"')),
    );

    expect(await testRunner().get(execContext(plugin), plugin, never)).toEqual({
      token: null,
      certificate: { cert: 'c', key: 'k' },
      expiresAt: null,
    });
  });

  test('one that is not installed gives its installHint', async () => {
    const plugin = execPlugin('no-such-plugin', { installHint: 'get it from https://example.com' });

    expect((await failure(testRunner().get(execContext(plugin), plugin, never))).message).toBe(
      'credential plugin no-such-plugin is not installed or not in PATH. get it from https://example.com',
    );
  });

  test('one that needs a terminal is not run without it (KC8); what it printed there counts', async () => {
    const plugin = execPlugin(writePlugin(home, 'plugin', printToken('abc')), { interactiveMode: 'Always' });
    const runner = testRunner();

    expect((await failure(runner.get(execContext(plugin), plugin, never))).message).toContain('log in first');
    expect(runsOf(home)).toEqual([]);
    runner.renew(
      execContext(plugin),
      plugin,
      `{"kind":"ExecCredential","apiVersion":"${plugin.apiVersion}","status":{"token":"t"}}`,
    );
    expect((await runner.get(execContext(plugin), plugin, never)).token).toBe('t');
  });
});

describe('which plugins may run', () => {
  const consents: PluginConsent[] = [];
  const policy = (env = {}) =>
    loadPluginPolicy({
      env: { PATH: home.path('bin'), ...env },
      files: nodeFiles,
      home: home.home,
      hasConsent: (c) => consents.some((x) => x.path === c.path && x.sha256 === c.sha256),
    });
  beforeEach(() => consents.splice(0));

  test('without a policy all of them, as with kubectl', async () => {
    const { policy: p, problems } = await policy();

    expect(problems).toEqual([]);
    expect(await p.decide(execPlugin('/usr/bin/aws'))).toEqual({ allowed: true });
  });

  test('an allow-list lets through what it names, by path; the rest says which line to add (KC1)', async () => {
    const named = writePlugin(home, 'bin/named', printToken('a'));
    const other = writePlugin(home, 'other', printToken('a'));
    home.write(
      '.kube/kuberc',
      'credentialPluginPolicy: Allowlist\ncredentialPluginAllowlist: [{command: named}, {name: /usr/bin/old}]\n',
    );
    const { policy: p } = await policy();
    const runner = testRunner({ policy: p, clock: systemClock });

    expect(await p.decide(execPlugin('/usr/bin/old'))).toEqual({ allowed: true });
    expect((await runner.get(execContext(execPlugin(named)), execPlugin(named), never)).token).toBe('a');
    const blocked = await failure(runner.get(execContext(execPlugin(other)), execPlugin(other), never));
    expect(blocked.message).toContain(`add to it: "- command: ${other}"`);
    expect(runsOf(home)).toHaveLength(1);
  });

  test.each([
    ['credentialPluginPolicy: DenyAll\n', 'denies every plugin'],
    ['credentialPluginPolicy: Allowlist\n', 'without credentialPluginAllowlist'],
    ['credentialPluginAllowlist: [{command: a}]\n', 'but the policy AllowAll'],
    ['credentialPluginPolicy: Sometimes\n', 'unknown credentialPluginPolicy Sometimes'],
    ['[[[', 'no valid YAML'],
  ])('%j blocks all', async (kuberc, words) => {
    home.write('elsewhere', kuberc);
    const { policy: p } = await policy({ KUBERC: home.path('elsewhere') });

    expect(await p.decide(execPlugin('/usr/bin/aws'))).toMatchObject({
      allowed: false,
      reason: expect.stringContaining(words),
    });
  });

  test('a program beside its kubeconfig is asked for once, and again when it changed (KC2, KC3)', async () => {
    writePlugin(home, 'repo/login', printToken('a'));
    const path = home.write(
      'repo/kubeconfig',
      oneContext('dev', '{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./login}}'),
    );
    const { auth } = (await home.load({ explicitPath: path })).contexts[0]!;
    if (auth.type !== 'exec') throw new Error('no plugin');
    const { policy: p } = await policy();

    const asked = await p.decide(auth.exec);
    expect(asked).toMatchObject({ allowed: false, ask: { path: home.path('repo/login') } });
    if (!asked.allowed && asked.ask) consents.push(asked.ask);
    expect(await p.decide(auth.exec)).toEqual({ allowed: true });
    writePlugin(home, 'repo/login', 'curl evil');
    expect(await p.decide(auth.exec)).toMatchObject({ allowed: false });
  });

  test('the working directory in PATH is not searched, and a command there is suspicious (KC3)', async () => {
    const { isSuspicious, createCommandFinder } = await import('../../src/kube/kubeconfig/exec.ts');
    writePlugin(home, 'bin/tool', printToken('a'));

    const find = createCommandFinder({ PATH: `.::bin:${home.path('bin')}` }, nodeFiles);
    expect(await find('tool')).toBe(home.path('bin/tool'));
    expect(await createCommandFinder({ PATH: '.::bin' }, nodeFiles)('tool')).toBeNull();
    const around = { cwd: '/home/u/repo', home: '/home/u' };
    expect(isSuspicious('/home/u/repo/bin/x', '/home/u/.kube', around)).toBe(true);
    expect(isSuspicious('/home/u/.kube/x', '/home/u/.kube', around)).toBe(true);
    expect(isSuspicious('/usr/bin/aws', '/home/u/.kube', around)).toBe(false);
    // A home as working directory does not make everything below it doubtful.
    expect(isSuspicious('/home/u/.local/bin/aws', '/home/u/.kube', { cwd: '/home/u', home: '/home/u' })).toBe(false);
    expect(isSuspicious('/home/u/aws', '/home/u/.kube', { cwd: '/home/u', home: '/home/u' })).toBe(true);
    expect(isSuspicious('/usr/bin/aws', '/home/u/.kube', { cwd: '/', home: null })).toBe(false);
  });
});
