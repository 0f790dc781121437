import { utimesSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  execContext,
  execPlugin,
  printToken,
  runsOf,
  testRunner,
  writePlugin,
} from '../../../test/support/credential-plugin.ts';
import { type KubeHome, kubeHome } from '../../../test/support/kube-home.ts';
import { type ManualClock, manualClock } from '../../../test/support/manual-clock.ts';
import { makeCertificate } from '../../../test/support/scripted-certificate.ts';
import { nodeFiles } from '../../platform/files.ts';
import { nodeProcesses } from '../../platform/processes.ts';
import { ApiError } from '../api-error.ts';
import type { AuthSource, KubeContext } from '../kubeconfig/context.ts';
import { createCredentials } from './credentials.ts';
import type { Credentials } from './contract.ts';
import { createOidcTokens } from './oidc.ts';

let home: KubeHome;
let clock: ManualClock;
beforeEach(() => {
  home = kubeHome();
  clock = manualClock();
});
afterEach(() => home[Symbol.dispose]());

const never = new AbortController().signal;
const credentialsOf = (auth: AuthSource, more: Partial<KubeContext> = {}): Credentials =>
  createCredentials(execContext(execPlugin(''), { ...more, auth }), {
    files: nodeFiles,
    clock,
    plugins: testRunner({ clock, processes: nodeProcesses() }),
    oidc: createOidcTokens({ clock, files: nodeFiles, env: {} }),
  });
const refusal = async (credentials: Credentials): Promise<ApiError> => {
  const error = await credentials.headers(never).then(
    () => null,
    (e: unknown) => e,
  );
  if (error instanceof ApiError) return error;
  throw new Error('headers were given');
};

describe('each way to prove who one is', () => {
  test.each<[AuthSource, Record<string, string>]>([
    [{ type: 'none' }, {}],
    [{ type: 'token', token: 'abc\n' }, { authorization: 'Bearer abc' }],
    [
      { type: 'basic', username: 'jürgen', password: 'p:w' },
      { authorization: `Basic ${Buffer.from('jürgen:p:w').toString('base64')}` },
    ],
  ])('%o', async (auth, headers) => {
    const credentials = credentialsOf(auth);

    expect(await credentials.headers(never)).toEqual(headers);
    expect(await credentials.clientCertificate(never)).toBeNull();
    expect(credentials.state).toEqual({ status: 'ready', expiresAt: null });
  });

  test.each<[AuthSource, string, string]>([
    [{ type: 'broken', reason: 'no such user' }, 'unreachable', 'no such user'],
    [{ type: 'legacy', provider: 'gcp', remedy: 'do this' }, 'login', 'auth-provider gcp no longer exists: do this'],
    [{ type: 'token', token: 'a\nb' }, 'login', 'no header may carry'],
    [{ type: 'token-file', path: '/nowhere/token' }, 'login', 'token file /nowhere/token does not exist'],
    [
      { type: 'client-certificate', cert: { path: '/nowhere/c' }, key: { path: '/nowhere/k' } },
      'login',
      'client certificate /nowhere/c does not exist',
    ],
  ])('%o fails in words', async (auth, kind, words) => {
    const error = await refusal(credentialsOf(auth));

    expect(error.kind).toBe(kind);
    expect(error.message).toContain(words);
  });

  test('impersonation goes along, groups as several values', async () => {
    const credentials = credentialsOf(
      { type: 'token', token: 'a' },
      {
        impersonate: {
          user: 'jane',
          uid: '7',
          groups: ['a', 'b,c'],
          extra: { 'Example.com/scope%': ['x', 'ü'], none: [] },
        },
      },
    );

    expect(await credentials.headers(never)).toEqual({
      authorization: 'Bearer a',
      'Impersonate-User': 'jane',
      'Impersonate-Uid': '7',
      'Impersonate-Group': ['a', 'b,c'],
      'Impersonate-Extra-example.com%2Fscope%25': ['x', Buffer.from('ü').toString('latin1')],
    });
  });

  test('a token file is read again after a minute; while it is gone the last one counts', async () => {
    const path = home.write('token', 'one\n');
    const credentials = credentialsOf({ type: 'token-file', path });
    const token = async () => (await credentials.headers(never))['authorization'];

    const first = await credentials.headers(never);
    home.write('token', 'two');
    expect(await credentials.headers(never)).toBe(first);
    clock.advance(60_000);
    expect(await token()).toBe('Bearer two');
    home.write('token', '');
    clock.advance(60_000);
    expect((await refusal(credentials)).message).toContain('is empty');
  });

  test('a client certificate from files is read again when they change, and keeps its fingerprint when they do not', async () => {
    const one = makeCertificate();
    const auth: AuthSource = {
      type: 'client-certificate',
      cert: { path: home.write('c', one.cert) },
      key: { path: home.write('k', one.key) },
    };
    const credentials = credentialsOf(auth);

    const first = await credentials.clientCertificate(never);
    utimesSync(home.path('c'), 1, 1);
    expect(await credentials.clientCertificate(never)).toBe(first);
    const two = makeCertificate();
    home.write('c', two.cert);
    home.write('k', two.key);
    const second = await credentials.clientCertificate(never);
    expect(second?.fingerprint).not.toBe(first?.fingerprint);
    expect(second?.cert.toString()).toBe(two.cert);
    expect(await credentials.headers(never)).toEqual({});
    expect(credentials.state).toMatchObject({ status: 'ready', expiresAt: expect.any(Number) });
  });

  test('a certificate beside a token is shown as well', async () => {
    const pem = Buffer.from('x');
    const tls = { ca: null, serverName: null, insecure: false, client: { cert: { pem }, key: { pem } } };
    const credentials = credentialsOf({ type: 'token', token: 'a' }, { tls });

    expect((await credentials.clientCertificate(never))?.cert).toBe(pem);
    expect(await credentials.headers(never)).toEqual({ authorization: 'Bearer a' });
  });
});

describe('when the server says 401', () => {
  const plugin = () => execPlugin(writePlugin(home, 'plugin', printToken('abc')));

  test('the plugin runs once more; refused again, a person is needed, and a minute later one try is made (KC9)', async () => {
    const credentials = credentialsOf({ type: 'exec', exec: plugin() });

    const first = await credentials.headers(never);
    credentials.rejected(first);
    const second = await credentials.headers(never);
    expect(runsOf(home)).toHaveLength(2);
    credentials.rejected(second);
    const error = await refusal(credentials);
    expect(error).toMatchObject({ kind: 'login', command: expect.stringContaining('plugin') });
    expect(credentials.state).toMatchObject({ status: 'failed', error });
    await refusal(credentials);
    expect(runsOf(home)).toHaveLength(2);
    clock.advance(60_000);
    const third = await credentials.headers(never);
    expect(runsOf(home)).toHaveLength(3);
    credentials.accepted();
    expect(credentials.state.status).toBe('ready');
    expect(await credentials.headers(never)).toBe(third);
  });

  test('late refusals of renewed headers do not count', async () => {
    const credentials = credentialsOf({ type: 'exec', exec: plugin() });
    const old = await credentials.headers(never);
    credentials.rejected(old);
    await credentials.headers(never);

    for (let i = 0; i < 10; i++) credentials.rejected(old);

    await credentials.headers(never);
    expect(runsOf(home)).toHaveLength(2);
  });

  test('where some requests pass and others do not the plugin is not run for each', async () => {
    const credentials = credentialsOf({ type: 'exec', exec: plugin() });

    for (let i = 0; i < 10; i++) {
      credentials.rejected(await credentials.headers(never));
      await credentials.headers(never);
      credentials.accepted();
    }

    expect(runsOf(home)).toHaveLength(2);
  });

  test('a token that cannot be renewed needs a person at once; a retry forgets that', async () => {
    const credentials = credentialsOf({ type: 'token', token: 'abc' });
    await credentials.headers(never);

    credentials.rejected();

    expect((await refusal(credentials)).message).toBe('the server refuses: token of the kubeconfig');
    credentials.retry();
    expect(await credentials.headers(never)).toEqual({ authorization: 'Bearer abc' });
  });

  test('an expired client certificate is named as such', async () => {
    const { cert, key } = makeCertificate(Date.parse('2025-12-20T00:00:00Z'));
    const credentials = credentialsOf({
      type: 'client-certificate',
      cert: { pem: Buffer.from(cert) },
      key: { pem: Buffer.from(key) },
    });
    await credentials.headers(never);

    credentials.rejected();

    expect((await refusal(credentials)).message).toBe('client certificate expired 11d ago');
  });

  test('one login heals every context with the same plugin', async () => {
    home.write('state', 'out');
    const exec = execPlugin(
      writePlugin(
        home,
        'plugin',
        `if [ "$(cat ${home.path('state')})" = in ]; then ${printToken('t')}; else echo expired >&2; exit 1; fi`,
      ),
    );
    const plugins = testRunner({ clock, processes: nodeProcesses() });
    const deps = { files: nodeFiles, clock, plugins, oidc: createOidcTokens({ clock, files: nodeFiles, env: {} }) };
    const [a, b] = ['a', 'b'].map((server) =>
      createCredentials(execContext(exec, { server: `https://${server}` }), deps),
    ) as [Credentials, Credentials];
    expect((await refusal(a)).message).toContain('expired');
    expect((await refusal(b)).message).toContain('expired');

    home.write('state', 'in');
    a.retry();

    expect(await a.headers(never)).toEqual({ authorization: 'Bearer t' });
    expect(await b.headers(never)).toEqual({ authorization: 'Bearer t' });
    expect(b.state.status).toBe('ready');
    expect(runsOf(home)).toHaveLength(2);
  });
});

describe('what is said of it', () => {
  test('never a secret, never more of a plugin than its sub-command', () => {
    const exec = execPlugin('/opt/bin/aws', { args: ['eks', 'get-token', '--secret', 'hunter2'] });

    expect(credentialsOf({ type: 'exec', exec }).describe()).toBe('credential plugin aws eks get-token');
    expect(credentialsOf({ type: 'token', token: 'hunter2' }).describe()).toBe('token of the kubeconfig');
    expect(credentialsOf({ type: 'basic', username: 'jane\x1b', password: 'x' }).describe()).toBe('password of jane^[');
  });
});

describe('OIDC', () => {
  const jwt = (exp: number): string =>
    ['{"alg":"none"}', JSON.stringify({ exp }), 's'].map((part) => Buffer.from(part).toString('base64url')).join('.');

  test('the token of the kubeconfig is used while it is good', async () => {
    const token = jwt(clock.now() / 1000 + 3600);
    const credentials = credentialsOf({ type: 'oidc', config: { 'id-token': token, 'client-id': 'x' } });

    expect(await credentials.headers(never)).toEqual({ authorization: `Bearer ${token}` });
    expect(credentials.state).toMatchObject({ status: 'ready', expiresAt: expect.any(Number) });
  });

  test('an expired one without a refresh token needs a login', async () => {
    const credentials = credentialsOf({ type: 'oidc', config: { 'id-token': jwt(1) } });

    expect(await refusal(credentials)).toMatchObject({
      kind: 'login',
      message: expect.stringContaining('no way to refresh'),
    });
  });

  test('a provider that cannot be reached is named', async () => {
    const config = {
      'id-token': jwt(1),
      'client-id': 'x',
      'refresh-token': 'r',
      'idp-issuer-url': 'https://127.0.0.1:1/',
    };

    expect((await refusal(credentialsOf({ type: 'oidc', config }))).message).toContain(
      'https://127.0.0.1:1/ could not be refreshed',
    );
  });
});
