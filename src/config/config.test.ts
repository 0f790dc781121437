import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type KubeHome, kubeHome } from '../../test/support/kube-home.ts';
import { nodeFiles } from '../platform/files.ts';
import { clusterSettings, defaultConfig } from './config.ts';
import { type ConfigOptions, formatConfigProblem, loadConfig } from './load.ts';
import { parseConfig } from './parse.ts';

let home: KubeHome;
beforeEach(() => {
  home = kubeHome();
});
afterEach(() => home[Symbol.dispose]());

const options = (more: Partial<ConfigOptions> = {}): ConfigOptions => ({
  env: {},
  files: nodeFiles,
  home: home.home,
  cwd: home.work,
  uid: process.getuid?.() ?? null,
  ...more,
});
const problemsOf = (text: string): string[] =>
  parseConfig(text, 'config.yaml').problems.map((problem) => formatConfigProblem(problem));

describe('where it comes from', () => {
  test('no file: the defaults', async () => {
    expect(await loadConfig(options())).toEqual({ config: defaultConfig, path: null, problems: [] });
    expect(await loadConfig(options({ home: null }))).toMatchObject({ config: defaultConfig, problems: [] });
  });

  test('the XDG folder, else the home; --config wins and must be there', async () => {
    home.write('.config/flagbridge/config.yaml', 'theme: light');
    home.write('xdg/flagbridge/config.yaml', 'theme: dark');
    home.write('mine.yaml', 'theme: contrast');

    expect((await loadConfig(options())).config.theme).toBe('light');
    expect((await loadConfig(options({ env: { XDG_CONFIG_HOME: home.path('xdg') } }))).config.theme).toBe('dark');
    expect((await loadConfig(options({ env: { XDG_CONFIG_HOME: 'relative' } }))).config.theme).toBe('light');
    expect((await loadConfig(options({ explicitPath: '../home/mine.yaml' }))).config.theme).toBe('contrast');
    expect((await loadConfig(options({ explicitPath: 'gone' }))).problems).toMatchObject([
      { what: 'does not exist', next: 'check --config' },
    ]);
  });

  test('a file in the working directory is never read', async () => {
    writeFileSync(`${home.work}/config.yaml`, 'theme: light');

    expect((await loadConfig(options())).config.theme).toBe('auto');
  });

  test.each([0o620, 0o602, 0o666])('mode %o: others may write it, so it is refused', async (mode) => {
    const path = home.write('.config/flagbridge/config.yaml', 'theme: light', mode);

    expect(await loadConfig(options())).toMatchObject({
      config: defaultConfig,
      problems: [{ next: `chmod go-w ${path}` }],
    });
  });

  test('what belongs to another user is refused', async () => {
    home.write('.config/flagbridge/config.yaml', 'theme: light');
    const stranger = {
      ...nodeFiles,
      read: async (path: string) => {
        const read = await nodeFiles.read(path);
        return read.ok ? { ...read, stamp: { ...read.stamp, uid: 4242 } } : read;
      },
    };

    expect((await loadConfig(options({ files: stranger }))).problems[0]?.what).toContain('belongs to another user');
  });

  test('folders, loops and bytes that are no text are said to be so', async () => {
    mkdirSync(home.path('folder'));
    symlinkSync(home.path('loop'), home.path('loop'));
    home.write('bytes', Buffer.from([0xff, 0xfe]));
    const what = async (path: string) =>
      (await loadConfig(options({ explicitPath: home.path(path) }))).problems[0]?.what;

    expect(await what('folder')).toBe('is a folder, not a file');
    expect(await what('loop')).toContain('leads back to itself');
    expect(await what('bytes')).toContain('not text');
  });
});

describe('what is wrong is said with its line', () => {
  test.each([
    ['theme: drak', 'config.yaml:1:8: theme cannot be "drak"; did you mean dark? (auto, dark, light, contrast)'],
    ['theme: light\ncluster:\n  a: {}', 'config.yaml:2:1: unknown key cluster; did you mean clusters?'],
    [
      'clusters:\n  prod:\n    protectd: true',
      'config.yaml:3:5: unknown key clusters.prod.protectd; did you mean protected?',
    ],
    [
      'clusters:\n  prod:\n    zzz: true',
      'config.yaml:3:5: unknown key clusters.prod.zzz; known here: alias, role, stage, protected, namespaces, hue',
    ],
    ['clusters:\n  prod:\n', 'config.yaml:2:8: clusters.prod is empty; use keys and values'],
    ['clusters:\n  a/b:\n    hue: 13', 'config.yaml:3:10: clusters.a/b.hue is 13; use at most 12'],
    ['ascii: "yes"', 'config.yaml:1:8: ascii is the text "yes"; use true or false'],
    ['namespaces: shop', 'config.yaml:1:13: namespaces is the text "shop"; use a list'],
    ['namespaces: [""]', 'config.yaml:1:14: namespaces.0 is empty; fill it or remove the key'],
    ['keys:\n  a.b: 7', 'config.yaml:2:8: keys.a.b cannot be 7; use a text or a list'],
    [
      'logs: {ringBytes: lots}',
      'config.yaml:1:19: logs.ringBytes cannot be "lots"; use a whole number or a size such as 64Mi',
    ],
    ['logs: {ringBytes: 12}', 'config.yaml:1:19: logs.ringBytes is out of range; use 1Mi to 4Gi'],
    ['clusters:\n  a:\n    hue: 0', 'config.yaml:3:10: clusters.a.hue is 0; use at least 1'],
    [
      'clusters:\n  "prod-*": {alias: p}',
      'config.yaml:2:14: clusters.prod-*.alias would give several clusters one name; name the cluster instead of a glob',
    ],
    [
      'decks: {n: {rows: [{panes: [triage, lgos]}]}}',
      'config.yaml:1:37: decks.n has no pane "lgos" to show; did you mean logs? (triage, workloads, pods, logs, events, detail, nodes, clusters)',
    ],
    [
      'decks: {n: {rows: [{panes: [{pane: logs}]}, {panes: [{pane: logs, share: 2}]}]}}',
      'config.yaml:1:61: decks.n shows logs twice; take one of them away',
    ],
    [
      'decks: {On Call: {rows: [{panes: [logs]}]}}',
      'config.yaml:1:9: decks.On Call cannot be typed behind a colon; use small letters, digits and dashes',
    ],
    [
      'decks: {logs: {rows: [{panes: [logs]}]}}',
      'config.yaml:1:9: decks.logs is the name of a pane; use small letters, digits and dashes',
    ],
    [
      'scopes: {old: "age<ten"}',
      'config.yaml:1:15: scopes.old: age<ten: ten is no age: write age<10m; write it as behind f',
    ],
    ['decks: {n: {}}', 'config.yaml:1:12: decks.n has no rows; add it'],
    ['- a', 'config.yaml:1:1: the file is a list; use keys and values'],
    ['theme: dark\ntheme: light', 'config.yaml:2:1: Map keys must be unique; mend the YAML'],
  ])('%j', (text, line) => {
    expect(problemsOf(text)).toEqual([line]);
  });

  test('all of it at once, and then nothing of the file counts', () => {
    const { config, problems } = parseConfig('theme: x\nascii: 1\nfoo: 1\nnamespaces: [a]', 'f');

    expect(problems.map((p) => p.line).sort()).toEqual([1, 2, 3]);
    expect(config).toEqual(defaultConfig);
  });

  test('names with escape sequences are shown, not sent', () => {
    expect(problemsOf('"\\e]0;x\\a": 1').join()).toContain('unknown key ^[]0;x^G');
  });

  test('any text ends in a configuration or in problems (B13)', () => {
    const piece = fc.constantFrom(
      'clusters:',
      'keys:',
      'theme: dark',
      ' ',
      '\n',
      '  a:',
      '- ',
      '{',
      '}',
      '[',
      '*a',
      '&a x',
      '!!x',
      '"',
      ': ',
      '?',
      '|',
      '\t',
      '1',
      '__proto__: 1',
      'constructor: {}',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.array(piece, { maxLength: 20 }).map((p) => p.join('')),
        ),
        (text) => {
          const { config, problems } = parseConfig(text, 'f');

          for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
          if (problems.length > 0) expect(config).toBe(defaultConfig);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('aliases that unfold without end are refused', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join()}]`),
    ];

    expect(problemsOf(bomb.join('\n')).join()).toContain('unfolds to far more');
  });
});

describe('what it becomes', () => {
  test('every key', () => {
    const { config, problems } = parseConfig(
      `clusters: {"prod-*": {stage: prod, protected: true, hue: 3}, prod-eu: {alias: eu, role: run, namespaces: [shop]}}
namespaces: [a]
theme: dark
ascii: true
decks: {n: {rows: [{panes: [triage, {pane: logs, share: 2}]}]}}
keys: {a: x, b: [y, z], c: []}
scopes: {shop: "c:prod-* ns:shop"}
logs: {ringBytes: 1.5Mi}
plugins: {disabled: [kpack]}
`,
      'f',
    );

    expect(problems).toEqual([]);
    expect(config).toEqual({
      clusters: [
        { match: 'prod-*', stage: 'prod', protected: true, hue: 3 },
        { match: 'prod-eu', alias: 'eu', role: 'run', namespaces: ['shop'] },
      ],
      namespaces: ['a'],
      theme: 'dark',
      ascii: true,
      decks: {
        n: {
          rows: [
            {
              share: 1,
              panes: [
                { pane: 'triage', share: 1 },
                { pane: 'logs', share: 2 },
              ],
            },
          ],
        },
      },
      keys: { a: ['x'], b: ['y', 'z'], c: [] },
      scopes: { shop: 'c:prod-* ns:shop' },
      logs: { ringBytes: 1.5 * 1024 * 1024 },
      plugins: { disabled: ['kpack'] },
    });
  });

  test('an empty file is a configuration', () => {
    expect(parseConfig('', 'f')).toEqual({ config: defaultConfig, problems: [] });
    expect(parseConfig('# nothing\n', 'f')).toEqual({ config: defaultConfig, problems: [] });
  });

  test('of several rules for a cluster the exact name wins, whatever the order', () => {
    const { config } = parseConfig(
      'clusters: {eu: {stage: one, alias: x}, "*": {stage: all, protected: true}, "e*": {stage: e}}',
      'f',
    );

    expect(clusterSettings(config, ['eu'])).toEqual({ match: 'eu', stage: 'one', alias: 'x', protected: true });
    expect(clusterSettings(config, ['east', 'other'])).toEqual({ match: 'east', stage: 'e', protected: true });
    expect(clusterSettings(defaultConfig, ['eu'])).toEqual({ match: 'eu' });
  });
});

test.skipIf(process.getuid?.() === 0)('a configuration that may not be read is said to be so', async () => {
  const path = home.write('.config/flagbridge/config.yaml', 'theme: light');
  chmodSync(path, 0);

  expect((await loadConfig(options())).problems[0]?.what).toBe('may not be opened by this user');
  chmodSync(path, 0o600);
  expect(readFileSync(path, 'utf8')).toContain('light');
});
