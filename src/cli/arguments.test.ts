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
  [['cart'], /unknown command 'cart'; as a scope of the screen write app:cart, or '"cart"' for any row with the word/],
  [['triag-'], /unknown command 'triag-' \(did you mean triage\?\); as a scope of the screen write app:triag-/],
  [['triage', '-c', 'po -A'], /-c is for the screen, not for triage/],
  [['-c', 'po -A', 'get', 'po'], /-c is for the screen, not for get/],
  [['--deck', 'home', 'clusters'], /--deck is for the screen, not for clusters/],
  [['logs', 'pod/cart', '-c', 'app'], /-c is for the screen, not for logs; a container is named by --container/],
  [['get', 'po', 'svc/cart'], /po is no KIND\/NAME/],
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
  expect(parse('--help')).toMatchObject({ text: expect.stringMatching(/--timeout [^(]*\(default:\s+10s\)/) });
  expect(parse('--help')).not.toMatchObject({ text: expect.stringContaining('[]') });
  expect(parse('get', '--help')).toMatchObject({ ok: false, exitCode: 0, text: expect.stringContaining('--selector') });
});

test('-c and --deck go with the screen and with the demo', () => {
  expect(ok('-c', 'po -A', '--deck', 'workload')).toMatchObject({ line: 'po -A', deck: 'workload' });
  expect(ok('demo', '-c', 'po -A')).toMatchObject({ demo: true, line: 'po -A' });
});

test('get takes kinds and names as kubectl does', () => {
  expect(ok('get', 'po,svc')).toMatchObject({
    targets: [
      { kind: 'po', names: [] },
      { kind: 'svc', names: [] },
    ],
  });
  expect(ok('get', 'po/cart-1', '-n', 'shop')).toMatchObject({ targets: [{ kind: 'po', names: ['cart-1'] }] });
});
