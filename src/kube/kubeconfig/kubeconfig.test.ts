import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KubeHome, kubeHome, oneContext } from '../../../test/support/kube-home.ts';

let home: KubeHome;
beforeEach(() => {
  home = kubeHome();
});
afterEach(() => home[Symbol.dispose]());

describe('where contexts come from', () => {
  test('the default file is read when nothing else is asked for', async () => {
    home.write('.kube/config', oneContext('dev'));

    const loaded = await home.load();

    expect(loaded).toMatchObject({ mode: 'files', currentContext: 'dev', failure: null, problems: [] });
    expect(loaded.contexts).toMatchObject([
      {
        name: 'dev',
        server: 'https://dev:6443',
        namespace: 'default',
        auth: { type: 'token', token: 't0ken' },
        proxy: null,
      },
    ]);
  });

  test('without any file there is nothing, and that is no failure', async () => {
    expect(await home.load()).toMatchObject({ mode: 'none', contexts: [], failure: null, problems: [] });
  });

  test('KUBECONFIG names several files; the first that says something wins', async () => {
    const a = home.write('a', `${oneContext('one')}`);
    const b = home.write('b', oneContext('one', '{token: other}', '{server: "https://other"}') + '');
    const c = home.write('c', oneContext('two'));

    const loaded = await home.load({ env: { KUBECONFIG: `${a}:${b}::${c}:${home.path('missing')}:${a}` } });

    expect(loaded.contexts.map((x) => [x.name, x.server, x.file])).toEqual([
      ['one', 'https://one:6443', a],
      ['two', 'https://two:6443', c],
    ]);
    expect(loaded.currentContext).toBe('one');
    expect(loaded.sources).toEqual([a, b, c]);
    expect(loaded.problems.map((p) => [p.severity, p.file])).toEqual([
      ['warn', b],
      ['info', home.path('missing')],
    ]);
    expect(loaded.problems[0]?.what).toContain('cluster "one", context "one", user "one" already named');
  });

  test('a set KUBECONFIG of which nothing can be read is a failure, also when the default file is there', async () => {
    home.write('.kube/config', oneContext('dev'));

    const loaded = await home.load({ env: { KUBECONFIG: home.path('nowhere') } });

    expect(loaded).toMatchObject({
      mode: 'files',
      contexts: [],
      failure: { file: home.path('nowhere'), what: 'does not exist' },
    });
  });

  test('an explicit path wins over KUBECONFIG, starts at the working directory and must be there', async () => {
    const other = home.write('other', oneContext('other'));
    const env = { KUBECONFIG: other };

    expect((await home.load({ env, explicitPath: '../home/other' })).contexts).toHaveLength(1);
    expect((await home.load({ env, explicitPath: 'gone' })).failure).toMatchObject({ next: 'check --kubeconfig' });
  });

  test.each([
    ['is a folder, not a file', (path: string) => mkdirSync(path)],
    ['line 3, column 1: ', (path: string) => home.write(path.slice(home.home.length + 1), 'clusters:\n - [\n')],
    [
      'is a Deployment, not a kubeconfig',
      (path: string) => home.write(path.slice(home.home.length + 1), 'kind: Deployment\n'),
    ],
    [
      'is not text',
      (path: string) => home.write(path.slice(home.home.length + 1), Buffer.from([0xff, 0xfe, 0x00, 0x80])),
    ],
    ['holds no map', (path: string) => home.write(path.slice(home.home.length + 1), '- a\n')],
    ['leads back to itself', (path: string) => symlinkSync(path, path)],
  ])('one of three files %s: it is named, the others work', async (what, make) => {
    const good = home.write('good', oneContext('good'));
    const last = home.write('last', oneContext('last'));
    const bad = home.path('bad');
    make(bad);

    const loaded = await home.load({ env: { KUBECONFIG: `${good}:${bad}:${last}` } });

    expect(loaded.contexts.map((c) => c.name)).toEqual(['good', 'last']);
    expect(loaded.failure).toBeNull();
    expect(loaded.problems).toMatchObject([{ file: bad, severity: 'fail' }]);
    expect(`${loaded.problems[0]?.what}`).toContain(what.slice(0, 12));
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read says so', async () => {
    const locked = home.write('locked', oneContext('x'), 0o000);

    expect((await home.load({ explicitPath: locked })).failure?.what).toBe('may not be opened by this user');
    chmodSync(locked, 0o600);
  });

  test('empty files are legal and hold nothing', async () => {
    const empty = home.write('empty', '');
    const dashes = home.write('dashes', '---\n');
    const good = home.write('good', oneContext('good'));

    const loaded = await home.load({ env: { KUBECONFIG: `${empty}:${dashes}:${good}:/dev/null` } });

    expect(loaded.contexts).toHaveLength(1);
    expect(loaded.problems).toEqual([]);
  });

  test('a FIFO is read like the file of <(…), and one that nobody writes is given up', async () => {
    const pipe = home.path('pipe');
    execFileSync('sh', ['-c', 'mkfifo "$1"', 'sh', pipe]);
    const source = home.write('source', oneContext('piped'));
    const writer = spawn('sh', ['-c', `cat ${source} > ${pipe}`]);
    const written = new Promise((resolve) => writer.on('close', resolve));

    const loaded = await home.load({ explicitPath: pipe });
    await written;

    expect(loaded.contexts.map((c) => c.name)).toEqual(['piped']);
    expect((await home.load({ explicitPath: pipe })).failure?.what).toContain('within 2 s');
  });

  test('a file larger than 16 MiB is not read', async () => {
    const big = home.write('big', Buffer.alloc(17 * 1024 * 1024, 0x20));

    expect((await home.load({ explicitPath: big })).failure?.what).toBe('is larger than 16 MiB');
  });
});

describe('the service account of a pod', () => {
  const env = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const mount = 'var/run/secrets/kubernetes.io/serviceaccount';
  const inPod = (): string => {
    home.write(`${mount}/token`, 'abc', 0o644);
    home.write(`${mount}/ca.crt`, 'pem', 0o644);
    home.write(`${mount}/namespace`, 'shop\n', 0o644);
    return home.home;
  };

  test('is used when there is no kubeconfig', async () => {
    const loaded = await home.load({ env, serviceAccountRoot: inPod() });

    expect(loaded).toMatchObject({ mode: 'service-account', currentContext: 'in-cluster', problems: [] });
    expect(loaded.contexts).toMatchObject([
      {
        server: 'https://[fd00::1]:443',
        namespace: 'shop',
        auth: { type: 'token-file', path: home.path(mount, 'token') },
      },
    ]);
  });

  test('gives way to a kubeconfig, and to nothing without the environment', async () => {
    const root = inPod();
    expect(await home.load({ serviceAccountRoot: root })).toMatchObject({ mode: 'none' });
    home.write('.kube/config', oneContext('dev'));
    expect(await home.load({ env, serviceAccountRoot: root })).toMatchObject({ mode: 'files', currentContext: 'dev' });
  });
});

describe('what a context becomes', () => {
  const auth = async (user: string, cluster?: string) => {
    const path = home.write('.kube/config', oneContext('dev', user, cluster));
    const loaded = await home.load({ explicitPath: path });
    return loaded.contexts[0]!;
  };
  const reason = async (user: string, cluster?: string): Promise<string> => {
    const { auth: found } = await auth(user, cluster);
    return found.type === 'broken' ? found.reason : `not broken: ${found.type}`;
  };

  test('relative paths and commands start at the folder of their file', async () => {
    const context = await auth(
      '{client-certificate: c.crt, client-key: ../c.key, exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/p, interactiveMode: Never}}',
      '{server: "https://a", certificate-authority: ca.crt}',
    );

    expect(context.tls.ca).toEqual({ path: home.path('.kube/ca.crt') });
    expect(context.tls.client).toEqual({ cert: { path: home.path('.kube/c.crt') }, key: { path: home.path('c.key') } });
    expect(context.auth).toMatchObject({ type: 'exec', exec: { command: home.path('.kube/bin/p'), suspicious: true } });
  });

  test('fields that client-node drops are there', async () => {
    const context = await auth(
      '{tokenFile: t, token: x, as: jane, as-uid: "7", as-groups: [a, b], as-user-extra: {scope: [s]}}',
      '{server: "https://a", disable-compression: true, tls-server-name: b}',
    );

    expect(context).toMatchObject({
      auth: { type: 'token-file', path: home.path('.kube/t'), fallback: 'x' },
      impersonate: { user: 'jane', uid: '7', groups: ['a', 'b'], extra: { scope: ['s'] } },
      disableCompression: true,
      tls: { serverName: 'b', insecure: false },
    });
  });

  test('a client certificate alone is how one logs in', async () => {
    expect((await auth('{client-certificate-data: YQ==, client-key-data: Yg==}')).auth).toEqual({
      type: 'client-certificate',
      cert: { pem: Buffer.from('a') },
      key: { pem: Buffer.from('b') },
    });
  });

  test.each([
    ['{token: a, username: b}', undefined, 'has a token and a password'],
    ['{client-certificate-data: YQ==}', undefined, 'certificate without its key'],
    ['{client-key-data: "not base64!"}', undefined, 'client-key-data is not base64'],
    ['{token: 12345}', undefined, 'token is a number, not a text; put it in quotes'],
    ['[]', undefined, 'user is a list, not a map'],
    ['{as-groups: [x]}', undefined, 'but no user (as)'],
    ['{exec: {}}', undefined, 'exec names no command'],
    ['{exec: {command: a, apiVersion: client.authentication.k8s.io/v1alpha1}}', undefined, 'v1alpha1'],
    ['{exec: {command: a, apiVersion: client.authentication.k8s.io/v1}}', undefined, 'no interactiveMode'],
    ['{exec: {command: a}, auth-provider: {name: oidc}}', undefined, 'exec and auth-provider'],
    ['{}', '{server: "http://prod:8080"}', 'http:// and not on this machine'],
    ['{}', '{server: "ftp://prod"}', 'scheme ftp'],
    ['{}', '{server: "https://u:p@prod"}', 'holds a user or password'],
    ['{}', '{}', 'no server'],
    [
      '{}',
      '{server: "https://a", insecure-skip-tls-verify: true, certificate-authority-data: YQ==}',
      'insecure-skip-tls-verify and',
    ],
    ['{}', '{server: "https://a", insecure-skip-tls-verify: "yes"}', 'insecure-skip-tls-verify is a text'],
    ['{}', '{server: "https://a", proxy-url: "ftp://p"}', 'proxy-url has the scheme ftp'],
  ])('user %s with cluster %s is broken and says why', async (user, cluster, words) => {
    expect(await reason(user, cluster)).toContain(words);
  });

  test('http is taken from this machine only', async () => {
    expect((await auth('{}', '{server: "http://127.0.0.1:8001"}')).auth).toEqual({ type: 'none' });
    expect((await auth('{}', '{server: "http://[::1]:8001"}')).auth).toEqual({ type: 'none' });
    expect((await auth('{}', '{server: "localhost:8080"}')).server).toBe('http://localhost:8080');
  });

  test('legacy providers name what replaced them', async () => {
    expect((await auth('{auth-provider: {name: gcp}}')).auth).toMatchObject({
      type: 'legacy',
      remedy: /gke-gcloud-auth-plugin/ as never,
    });
  });

  test('contexts that name nothing are broken, and so is current-context', async () => {
    const path = home.write(
      'dangling',
      'current-context: none\ncontexts: [{name: a, context: {cluster: x, user: y}}, {name: b, context: {user: y}}, {name: c}]\n',
    );

    const { contexts, problems, currentContext } = await home.load({ explicitPath: path });

    expect(contexts.map((c) => c.auth)).toMatchObject([
      { type: 'broken', reason: 'cluster "x" is in no file' },
      { type: 'broken', reason: 'the context names no cluster' },
      { type: 'broken', reason: 'the context names no cluster' },
    ]);
    expect(currentContext).toBeNull();
    expect(problems.map((p) => p.what)).toContain('current-context "none" names no context');
  });

  test('ids differ by server, authority, proxy, server name and user, and by nothing else', async () => {
    const text = (server: string, more = ''): string => oneContext('dev', '{token: a}', `{server: "${server}"${more}}`);
    const id = async (content: string): Promise<string> =>
      (await home.load({ explicitPath: home.write('f', content) })).contexts[0]!.cluster;

    const base = await id(text('https://a'));
    expect(await id(text('https://a/'))).toBe(base);
    expect(await id(text('https://A:443').replace('t0ken', 'other'))).toBe(base);
    const others = [
      await id(text('https://b')),
      await id(text('https://a', ', certificate-authority-data: YQ==')),
      await id(text('https://a', ', tls-server-name: b')),
      await id(text('https://a', ', proxy-url: "http://p:1"')),
      await id(text('https://a').replaceAll('name: dev, user', 'name: jim, user').replace('user: dev', 'user: jim')),
    ];
    expect(new Set([base, ...others]).size).toBe(6);
  });

  test('a kubeconfig that others may read is noted once when it holds a secret, never when it runs a plugin', async () => {
    const secret = home.write('secret', oneContext('a'), 0o644);
    const plugin = home.write(
      'plugin',
      oneContext('b', '{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}}'),
      0o644,
    );

    const { problems } = await home.load({ env: { KUBECONFIG: `${secret}:${plugin}` } });

    expect(problems).toMatchObject([{ file: secret, severity: 'info', next: `chmod 600 ${secret}` }]);
  });
});
