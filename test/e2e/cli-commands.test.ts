// Every command against a fleet of real servers: tables, JSON, exit codes, and what happens beside a dead cluster.
import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningDemo } from '../../src/demo/start.ts';
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
  start,
} from '../support/run-cli.ts';

let demo: RunningDemo;
let home: Home;
let bin: string;
/** Accepts and never answers. */
let silent: Server;
let env: Record<string, string>;

const whole = ['iterate-eu', 'run-eu', 'run-us'];

beforeAll(async () => {
  home = makeHome();
  silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  [bin, demo] = await Promise.all([installed(), demoFleet({ only: whole, silentAfterMs: null, failingLogin: false })]);
  const { port } = silent.address() as { port: number };
  env = { ...home.env, KUBECONFIG: home.write('fleet', kubeconfigOf(demo.clusters)) };
  home.write(
    'with-dead',
    kubeconfigOf(demo.clusters.slice(0, 2), {
      more: [
        { name: 'gone', cluster: { server: 'https://127.0.0.1:1' }, user: { token: 'none' } },
        { name: 'silent', cluster: { server: `https://127.0.0.1:${port}` }, user: { token: 'none' } },
      ],
    }),
  );
  const dead = Array.from({ length: 110 }, (_, i) => ({
    name: `dead-${i}`,
    cluster: { server: `https://127.0.0.1:${port}` },
    user: { token: 'none' },
  }));
  const many = JSON.parse(kubeconfigOf(demo.clusters, { more: dead })) as { contexts: unknown[] };
  many.contexts.push(...many.contexts.splice(0, demo.clusters.length));
  home.write('dead-first', JSON.stringify(many));
  home.write('viewer', kubeconfigOf(demo.clusters, { who: 'viewer' }));
});

afterAll(async () => {
  endAll();
  silent.close();
  await demo.stop();
  home[Symbol.dispose]();
});

const fb = (...args: string[]): Promise<Ran> => run(bin, args, { env });
const on = (file: string, ...args: string[]): Promise<Ran> =>
  run(bin, args, { env: { ...env, KUBECONFIG: `${home.path}/${file}` } });
const rows = (text: string): string[] => text.trimEnd().split('\n').slice(1);

type List = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly Record<string, unknown>[];
  readonly coverage: {
    readonly clusters: Record<string, number>;
    readonly deniedKinds: string[];
    readonly namespaces: string[];
    readonly syncing: number;
  };
};
const parse = (text: string): List => JSON.parse(text) as List;

describe('get', () => {
  it('prints the rows of all clusters in one table, with the server’s columns', async () => {
    const ran = await fb('get', 'deployments', '-n', 'shop');

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^CLUSTER +NAME +READY +UP-TO-DATE +AVAILABLE +AGE\n/);
    expect(ran.stdout).toMatch(/^run-eu +cart /m);
    expect(ran.stdout).toMatch(/^run-us +cart /m);
  });

  it('understands kinds as kubectl does, and globs of clusters', async () => {
    const words = ['deploy', 'Deployment', 'deployments.apps'];
    const runs = await Promise.all(words.map((word) => fb('get', word, 'cart', '--cluster', 'run-*', '-o', 'name')));

    for (const ran of runs)
      expect(ran).toMatchObject({
        code: 0,
        stdout: 'run-eu\tshop\tdeployments.apps/cart\nrun-us\tshop\tdeployments.apps/cart\n',
      });
  });

  it('takes flags before and after the command, and Go’s durations', async () => {
    const after = await fb('get', 'ns', '--cluster', 'run-eu', '--timeout', '1m', '-o', 'name');
    const before = await fb('--cluster', 'run-eu', '--timeout=60', '-o', 'name', 'get', 'ns');

    expect(after).toMatchObject({ code: 0, stderr: '' });
    expect(before.stdout).toBe(after.stdout);
  });

  it('gives whole objects with their cluster as one JSON list', async () => {
    const ran = await fb('get', 'deploy', 'cart', '--cluster', 'run-eu', '-o', 'json');
    const list = parse(ran.stdout);

    expect(ran.code).toBe(0);
    expect(list).toMatchObject({
      apiVersion: 'flagbridge/v1',
      kind: 'DeploymentList',
      coverage: { clusters: { live: 1, wanted: 1, parked: 0 } },
    });
    expect(list.items).toHaveLength(1);
    expect(list.items[0]).toMatchObject({
      cluster: 'run-eu',
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'cart', namespace: 'shop', uid: expect.any(String) },
      spec: { template: expect.any(Object) },
    });
  });

  it('adds the namespace with -A, and more columns with -o wide', async () => {
    const [all, wide] = await Promise.all([
      fb('get', 'po', '-A', '--cluster', 'run-eu'),
      fb('get', 'po', '-n', 'shop', '-o', 'wide', '--cluster', 'run-eu'),
    ]);

    expect(all.stdout).toMatch(/^CLUSTER +NAMESPACE +NAME /);
    expect(new Set(rows(all.stdout).map((row) => row.split(/ +/)[1])).size).toBeGreaterThan(1);
    expect(wide.stdout.split('\n')[0]).toMatch(/ NODE/);
  });

  it.each(['json', 'yaml', 'wide', 'table', 'name'])('never prints the data of a secret (-o %s)', async (format) => {
    const raw = await secretValues();
    const args = format === 'table' ? [] : ['-o', format];
    const ran = await fb('get', 'secrets', '-A', '--cluster', 'run-eu', ...args);

    expect(ran.code).toBe(0);
    expect(raw.length).toBeGreaterThan(0);
    for (const value of raw) expect(ran.stdout).not.toContain(value);
    if (format !== 'json') return;
    for (const item of parse(ran.stdout).items) {
      expect(item).not.toHaveProperty('stringData');
      for (const size of Object.values((item['data'] ?? {}) as object)) expect(String(size)).toMatch(/byte|^\d/);
    }
  });

  it('names an unknown kind and what is near it; a name that is nowhere is exit code 1', async () => {
    const [kind, name] = await Promise.all([
      fb('get', 'deploymnt', '--cluster', 'run-eu'),
      fb('get', 'deploy', 'nope', '--cluster', 'run-*'),
    ]);

    expect(kind).toMatchObject({ code: 1, stdout: '', stderr: 'no cluster has a kind deploymnt; near: deployment\n' });
    expect(name).toMatchObject({ code: 1, stdout: '', stderr: 'deploy/nope: not found in run-eu, run-us\n' });
  });

  it('says which cluster is dead and why, beside the others’ rows, within the time limit', async () => {
    const begin = performance.now();
    const ran = await on('with-dead', 'get', 'ns', '--timeout', '4s');

    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(/^iterate-eu +default /m);
    expect(ran.stdout).toMatch(/^run-eu +default /m);
    expect(ran.stderr).toMatch(/^gone: .*refuses/m);
    expect(ran.stderr).toMatch(/^silent: no answer in time/m);
    expect(performance.now() - begin).toBeLessThan(20_000);
  });

  it('says what may not be read', async () => {
    const ran = await on('viewer', 'get', 'nodes', '--cluster', 'run-eu');

    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/^run-eu: .*viewer.*nodes/m);
  });
});

/** Values of secrets as they are in run-eu, read with its own credentials. */
async function secretValues(): Promise<string[]> {
  const { Agent, get } = await import('node:https');
  const cluster = demo.clusters.find((c) => c.name === 'run-eu');
  if (cluster === undefined) throw new Error('run-eu is not there');
  const user = cluster.users.admin;
  const agent = new Agent({ ca: cluster.ca, ...(user.by === 'certificate' ? { cert: user.cert, key: user.key } : {}) });
  const headers = user.by === 'token' ? { authorization: `Bearer ${user.token}` } : {};
  const body = await new Promise<string>((resolve, reject) => {
    get(`${cluster.server}/api/v1/secrets`, { agent, headers }, (response) => {
      let text = '';
      response.on('data', (data: Buffer) => {
        text += data.toString();
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
  agent.destroy();
  const { items } = JSON.parse(body) as { items: { data?: Record<string, string> }[] };
  const values = items.flatMap((item) => Object.values(item.data ?? {})).filter((value) => value.length > 8);
  return values.flatMap((value) => [value, Buffer.from(value, 'base64').toString('utf8')]);
}

describe('triage', () => {
  it('lists problems worst first, with their clusters and why', async () => {
    const ran = await fb('triage', '--cluster', 'run-*');

    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^ +PROBLEM +WHAT +CLUSTERS +SINCE +WHY\n/);
    expect(ran.stdout).toMatch(/^FAIL +\S+ +shop\/cart \+\d+ +run-eu,run-us /m);
  });

  it('is one JSON object with evidence, targets and coverage', async () => {
    const ran = await fb('triage', '--json');
    const list = parse(ran.stdout);

    expect(list).toMatchObject({
      apiVersion: 'flagbridge/v1',
      kind: 'ProblemList',
      coverage: { clusters: { live: 3, wanted: 3, parked: 0 }, deniedKinds: [], namespaces: [], syncing: 0 },
    });
    const cart = list.items.find((item) => String(item['name']).startsWith('cart'));
    expect(cart).toMatchObject({
      rule: expect.any(String),
      severity: 'fail',
      cluster: expect.stringMatching(/^run-/),
      kind: expect.any(String),
      namespace: 'shop',
      since: expect.stringMatching(/^\d{4}-.*Z$/),
      message: expect.any(String),
      evidence: expect.any(Array),
    });
    const targets = cart?.['targets'] as { cluster: string }[];
    expect(new Set(targets.map((t) => t.cluster))).toEqual(new Set(['run-eu', 'run-us']));
  });

  it('is exit code 3 with a dead cluster, which is a line on stderr and a problem of its own', async () => {
    const ran = await on('with-dead', 'triage', '-o', 'json', '--timeout', '6s');

    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/^gone: .*refuses/m);
    expect(ran.stderr).toMatch(/^silent: /m);
    expect(parse(ran.stdout).coverage.clusters).toMatchObject({ live: 2, wanted: 4 });
    expect(parse(ran.stdout).items.map((item) => item['cluster'])).toContain('gone');
  });

  it('does not wait for what is denied', async () => {
    const ran = await on('viewer', 'triage', '--cluster', 'run-eu', '-n', 'shop', '--timeout', '30s', '-o', 'json');

    expect(ran.code).toBe(3);
    expect(ran.stderr).not.toMatch(/no whole answer/);
    expect(parse(ran.stdout).coverage.deniedKinds.length).toBeGreaterThan(0);
  });
});

describe('clusters', () => {
  it('shows connection, version and identity; json says the same', async () => {
    const [table, json] = await Promise.all([fb('clusters'), fb('clusters', '-o', 'json')]);

    expect(table.code).toBe(0);
    expect(table.stdout).toMatch(/^CLUSTER +STATE +VERSION .* SERVER\n/);
    for (const name of whole) expect(table.stdout).toMatch(new RegExp(`^${name} +live +1\\.\\d+\\.\\d+ `, 'm'));
    expect(parse(json.stdout)).toMatchObject({ kind: 'ClusterList', coverage: { clusters: { live: 3 } } });
    expect(parse(json.stdout).items[0]).toMatchObject({ name: 'iterate-eu', state: { phase: 'live' }, denied: [] });
  });

  it('is about the named ones only', async () => {
    const ran = await fb('clusters', '--context', 'run-eu', '--cluster', 'iterate-*', '-o', 'name');

    expect(ran).toMatchObject({ code: 0, stdout: 'iterate-eu\nrun-eu\n', stderr: '' });
  });
});

describe('logs', () => {
  it('merges an app over its clusters', async () => {
    const ran = await fb('logs', 'app/catalog', '--cluster', 'run-*', '-n', 'shop', '--tail', '3');

    expect(ran.code).toBe(0);
    const clusters = new Set(
      ran.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(' ')[0]),
    );
    expect(clusters).toEqual(new Set(['run-eu', 'run-us']));
  });

  it('prints lines as they came, or as JSON', async () => {
    const [raw, json] = await Promise.all([
      fb('logs', 'deploy/catalog', '--cluster', 'run-eu', '-n', 'shop', '--tail', '2', '-o', 'raw'),
      fb('logs', 'deploy/catalog', '--cluster', 'run-eu', '-n', 'shop', '--tail', '2', '-o', 'json'),
    ]);

    expect(raw.stdout).not.toMatch(/^run-eu /m);
    for (const line of json.stdout.trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ cluster: 'run-eu', time: expect.stringMatching(/Z$/) });
  });

  it('ends by itself without --follow, however busy the pod is', async () => {
    const ran = await fb('logs', 'deploy/checkout', '--cluster', 'run-eu', '-n', 'shop', '--since', '20s');

    expect(ran.code).toBe(0);
    expect(ran.stderr).not.toMatch(/no more lines/);
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('--follow goes on until %s, and then ends with %i', async (signal, code) => {
    const following = start(bin, ['logs', 'deploy/catalog', '-f', '--tail', '1', '--cluster', 'run-eu', '-n', 'shop'], {
      env,
    });
    await following.until(({ stdout }) => stdout.split('\n').length > 8);
    following.child.kill(signal);
    const ran = await following.ended;

    expect(ran).toMatchObject({ code, signal: null });
    expect(ran.stderr).not.toMatch(stackTrace);
    expect(ran.stdout.endsWith('\n')).toBe(true);
  });

  it('says what is not there', async () => {
    const ran = await fb('logs', 'deploy/nope', '--cluster', 'run-eu');

    expect(ran).toMatchObject({ code: 1, stdout: '', stderr: 'deploy/nope: not found in 1 live clusters\n' });
  });
});

describe('doctor', () => {
  it('names every finding with its remedy', async () => {
    const ran = await on('with-dead', 'doctor', '--timeout', '6s');

    expect(ran.code).toBe(3);
    expect(ran.stdout).toMatch(/^ok +program +flagbridge \d/m);
    expect(ran.stdout).toMatch(/^ok +connection +run-eu at https:/m);
    expect(ran.stdout).toMatch(/^FAIL +connection +gone at .*refuses.*\n +→ check that the API server runs/m);
    expect(ran.stdout).toMatch(/^info +terminal +input or output is not a terminal/m);
  });

  it('tells who one is there and what one may do, of people with few rights as well', async () => {
    const ran = await on('viewer', 'doctor', '--cluster', 'run-eu');

    expect(ran.stdout).toMatch(/^ok +credentials +run-eu: known there as \S*viewer/m);
    expect(ran.stdout).toMatch(/^ok +permissions +run-eu: may get pods\/log in namespace shop/m);
    expect(ran.stdout).not.toMatch(/clock/);
  });
});

describe('pipes', () => {
  it.each(['get po -A -o json', 'logs deploy/catalog -f --tail 100 --cluster run-eu -n shop', '--help'])(
    '%s | head ends quietly',
    async (line) => {
      const script = `"$0" "$1" ${line} | head -n 1; echo "rc=\${PIPESTATUS[0]}"`;
      const { spawn } = await import('node:child_process');
      const { watch } = await import('../support/run-cli.ts');
      const ran = await watch(
        spawn('bash', ['-c', script, process.execPath, bin], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
      ).ended;

      expect(ran.stderr).toBe('');
      expect(ran.stdout).toMatch(/^.+\nrc=0\n$/);
    },
  );
});

describe('many clusters', () => {
  it.each([
    ['triage', '-o', 'json'],
    ['clusters', '-o', 'json'],
    ['get', 'nodes', '-o', 'json'],
  ])('%s asks those behind a hundred dead ones as well, within its time', async (...args) => {
    const ran = await on('dead-first', ...args, '--timeout', '9s');

    expect(ran.code).toBe(3);
    expect(ran.stderr.match(/^dead-\d+: /gm)).toHaveLength(110);
    expect(parse(ran.stdout)).toMatchObject({ coverage: { clusters: { live: 3, wanted: 113, parked: 0 } } });
    if (args[0] === 'get') expect(new Set(parse(ran.stdout).items.map((item) => item['cluster'])).size).toBe(3);
  });
});
