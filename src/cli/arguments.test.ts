import { expect, test } from 'vitest';
import { parseArguments } from './arguments.ts';

const parse = (...args: string[]) => parseArguments(args, '1.2.3');
const ok = (...args: string[]) => {
  const parsed = parse(...args);
  if (!parsed.ok) throw new Error(parsed.text);
  return parsed.invocation;
};

test('nothing opens the screen', () => {
  expect(ok()).toMatchObject({ command: 'screen', demo: false, scope: '', flags: { timeoutMs: 10_000, clusters: [] } });
  expect(ok('demo')).toMatchObject({ command: 'screen', demo: true });
  expect(ok('cluster:run-eu', 'ns:shop', 'cart')).toMatchObject({
    command: 'screen',
    scope: 'cluster:run-eu ns:shop cart',
  });
});

test('global flags stand before or after the command', () => {
  const flags = { clusters: ['run-*', 'edge-7'], namespace: 'shop', output: 'json', timeoutMs: 5000 };
  expect(
    ok('--cluster', 'run-*', '--context', 'edge-7', '-n', 'shop', '--json', '--timeout', '5s', 'triage').flags,
  ).toMatchObject(flags);
  expect(
    ok('triage', '--cluster', 'run-*', '--context', 'edge-7', '-n', 'shop', '--json', '--timeout', '5').flags,
  ).toMatchObject(flags);
});

test('durations are Go’s', () => {
  expect(ok('logs', 'deploy/cart', '--since', '1h30m')).toMatchObject({
    command: 'logs',
    kind: 'deploy',
    name: 'cart',
    sinceMs: 5_400_000,
  });
  expect(parse('triage', '--timeout', 'soon')).toMatchObject({
    ok: false,
    exitCode: 2,
    text: expect.stringContaining('5s, 2m'),
  });
});

test.each([
  [['--nonsense'], /unknown option '--nonsense'/],
  [['traige'], /unknown command 'traige' \(did you mean triage\?\)/],
  [['get'], /missing required argument 'kind'/],
  [['logs', 'cart'], /kind\/name/],
  [['logs', 'a/b/c'], /kind\/name/],
  [['--theme', 'pink'], /dark, light/],
])('%s is a usage error that says what to do', (args, words) => {
  const parsed = parse(...args);
  expect(parsed).toMatchObject({ ok: false, exitCode: 2 });
  expect(parsed.ok ? '' : parsed.text).toMatch(words);
  expect(parsed.ok ? '' : parsed.text).toMatch(/--help/);
});

test('help and version end well', () => {
  expect(parse('--version')).toMatchObject({ ok: false, exitCode: 0, text: '1.2.3\n' });
  const help = parse('--help');
  expect(help).toMatchObject({ ok: false, exitCode: 0, text: expect.stringContaining('triage') });
  expect(parse('get', '--help')).toMatchObject({ ok: false, exitCode: 0, text: expect.stringContaining('--selector') });
});
