// B1 and B2: whatever bytes a kubeconfig holds and whatever its entries are called, loading ends with contexts and problems.
import fc from 'fast-check';
import { stringify } from 'yaml';
import { afterAll, expect, test } from 'vitest';
import { parseKubeconfig } from '../../src/kube/kubeconfig/file.ts';
import { mergeKubeconfigs } from '../../src/kube/kubeconfig/merge.ts';
import { resolveContexts } from '../../src/kube/kubeconfig/resolve.ts';
import type { KubeContext } from '../../src/kube/kubeconfig/context.ts';
import { nodeFiles } from '../../src/platform/files.ts';
import { kubeHome } from '../support/kube-home.ts';

const home = kubeHome();
afterAll(() => home[Symbol.dispose]());

const around = { env: {}, files: nodeFiles, cwd: '/', home: null };
const runs = { numRuns: 1000 };

async function resolved(text: string | Buffer): Promise<readonly KubeContext[]> {
  const read = parseKubeconfig(Buffer.from(text), '/k/config');
  if (!read.ok) {
    expect(read.problem.what).not.toBe('');
    return [];
  }
  return resolveContexts(mergeKubeconfigs([read.file]), around);
}

const oddName = fc.oneof(
  fc.constantFrom('', '/', '..', '__proto__', 'constructor', 'toString', 'Prod', 'prod', 'a'.repeat(10_000)),
  fc.constantFrom('\x1b]0;x\x07', 'a\x1b[2Jb', '\u202egpj', 'prod\u200b', 'p\u0430yments', 'a\nb', '\u2028', '\ud800'),
  fc.string({ unit: 'binary' }),
);
const oddValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, 1e30, '', 'x', [], {}, [null], { a: { b: [1] } }),
  fc.jsonValue({ maxDepth: 2 }),
);

test('any bytes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: 'binary' })), async (bytes) => {
      await resolved(Buffer.from(bytes as Uint8Array));
    }),
    runs,
  );
});

test('any YAML that looks like a kubeconfig', async () => {
  const piece = fc.constantFrom(
    'clusters:',
    'contexts:',
    'users:',
    '- ',
    '  ',
    '\n',
    '\t',
    'name: a',
    'cluster:',
    'user: a',
    '&a',
    '*a',
    '<<: *a',
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ': ',
    '---',
    '...',
    '!!binary x',
    '? ',
    '|',
    '>',
    '#',
    '\r\n',
    '\ufeff',
    '__proto__: {x: 1}',
    'null',
    '~',
    '%YAML 1.1',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
      await resolved(pieces.join(''));
    }),
    runs,
  );
});

test('any value in any field: the other context stays as it is', async () => {
  const field = (names: readonly string[]) => fc.dictionary(fc.constantFrom(...names), oddValue);
  const clusters = field([
    'server',
    'certificate-authority',
    'certificate-authority-data',
    'proxy-url',
    'extensions',
    'insecure-skip-tls-verify',
  ]);
  const users = field([
    'token',
    'tokenFile',
    'exec',
    'auth-provider',
    'as',
    'as-groups',
    'as-user-extra',
    'client-key-data',
    'username',
  ]);
  const good = {
    clusters: [{ name: 'good', cluster: { server: 'https://good' } }],
    users: [{ name: 'good', user: { token: 't' } }],
    contexts: [{ name: 'good', context: { cluster: 'good', user: 'good' } }],
  };
  await fc.assert(
    fc.asyncProperty(clusters, users, field(['cluster', 'user', 'namespace']), oddValue, async (c, u, x, extra) => {
      const file = {
        clusters: [extra, { name: 'odd', cluster: c }, ...good.clusters],
        users: [{ name: 'odd', user: u }, extra, ...good.users],
        contexts: [
          { name: 'odd', context: x },
          { name: 'odd2', context: { cluster: 'odd', user: 'odd' } },
          extra,
          ...good.contexts,
        ],
      };

      const contexts = await resolved(JSON.stringify(file));

      expect(contexts.find((context) => context.name === 'good')).toMatchObject({
        server: 'https://good',
        auth: { type: 'token', token: 't' },
      });
      for (const context of contexts) expect(context.auth.type === 'broken' || URL.canParse(context.server)).toBe(true);
    }),
    runs,
  );
});

test('any names: shown safely, told apart exactly, nothing reaches the prototype', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(oddName, { maxLength: 6 }), async (names) => {
      const file = {
        clusters: names.map((name) => ({ name, cluster: { server: 'https://a' } })),
        users: names.map((name) => ({ name, user: { token: 't' } })),
        contexts: names.map((name) => ({ name, context: { cluster: name, user: name } })),
      };
      // JSON keeps every name as it is, also those that YAML could not write plainly.
      const contexts = await resolved(JSON.stringify(file));

      const usable = names.filter((name) => name !== '').map((name) => name.toWellFormed());
      expect(contexts.map((c) => c.rawName.toWellFormed())).toEqual(usable);
      for (const context of contexts) {
        expect(context.name).not.toMatch(/[\0-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2028\u2029]/);
        expect(context.auth.type).toBe('token');
      }
      expect(Object.prototype).not.toHaveProperty('name');
    }),
    runs,
  );
});

test.each([
  [
    'BOM and CRLF',
    '\ufeffapiVersion: v1\r\nclusters:\r\n- name: a\r\n  cluster: {server: "https://a"}\r\ncontexts:\r\n- name: a\r\n  context: {cluster: a}\r\n',
    1,
  ],
  ['equal keys in one map: the last counts', 'contexts: []\ncontexts:\n- {name: a, context: {cluster: x}}\n', 1],
  ['tabs as indentation', 'clusters:\n\t- name: a\n', 0],
  ['two documents', 'a: 1\n---\nb: 2\n', 0],
  ['__proto__ as a key', '__proto__: {contexts: [{name: a, context: {cluster: b}}]}\n', 0],
  ['lists that are maps', 'contexts: {a: b}\nclusters: 7\nusers: x\n', 0],
  ['nesting of 10,000', `contexts: ${'['.repeat(10_000)}`, 0],
])('%s', async (_what, text, count) => {
  expect(await resolved(text)).toHaveLength(count);
});

test('a small file that unfolds without end is read at once', async () => {
  const levels = Array.from(
    { length: 9 },
    (_, i) =>
      `a${i}: &a${i} [${Array(9)
        .fill(i === 0 ? 'x' : `*a${i - 1}`)
        .join(',')}]`,
  );
  const bomb = `${levels.join('\n')}
clusters: [{name: c, cluster: {server: "https://c", extensions: [{name: client.authentication.k8s.io/exec, extension: *a8}]}}]
users: [{name: u, user: {as: x, as-groups: *a8, exec: {command: a, apiVersion: client.authentication.k8s.io/v1beta1, args: *a8}}}]
contexts: [{name: a, context: {cluster: c, user: u}}]
`;

  // Unfolded it would not fit into memory: the test ends only when it is not.
  expect(await resolved(bomb)).toHaveLength(1);
});

test('what yaml writes is what is read', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), async (name) => {
      const text = stringify({
        clusters: [{ name, cluster: { server: 'https://a' } }],
        contexts: [{ name, context: { cluster: name, namespace: 'n' } }],
      });

      expect((await resolved(text)).map((c) => [c.rawName, c.server])).toEqual([[name, 'https://a']]);
    }),
    { numRuns: 300 },
  );
});
