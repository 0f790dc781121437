// Where the screen opens: what the command line says, and only without its word what the last run left.
import { expect, test } from 'vitest';
import { parseArguments } from '../cli/arguments.ts';
import { withDecks } from '../state/decks.ts';
import { startPlace } from './start-place.ts';

const last = 'c:run-us ns:shop';
const decks = withDecks({ night: [{ share: 1, panes: [{ pane: 'logs', share: 1 }] }] });

function place(...args: string[]) {
  const parsed = parseArguments(args, '1.2.3');
  if (!parsed.ok || parsed.invocation.command !== 'screen') throw new Error('not the screen');
  const started = startPlace(parsed.invocation, last, decks);
  if (!started.ok) throw new Error(started.line);
  return started.value;
}

test('the last scope counts when the command line names none', () => {
  expect(place()).toEqual({ scope: { clusters: ['run-us'], namespaces: ['shop'], filter: '' }, deck: 'home' });
  expect(place('--read-only', '--deck', 'workload')).toMatchObject({
    scope: { clusters: ['run-us'], namespaces: ['shop'] },
    deck: 'workload',
  });
});

test.each<[string[], { clusters: string[]; namespaces: string[]; filter: string }]>([
  [['--cluster', 'run-eu'], { clusters: ['run-eu'], namespaces: [], filter: '' }],
  [['--context', 'run-*,edge-7'], { clusters: ['run-*', 'edge-7'], namespaces: [], filter: '' }],
  [['-n', 'pay'], { clusters: [], namespaces: ['pay'], filter: '' }],
  [['-A'], { clusters: [], namespaces: [], filter: '' }],
  [['-A', '-n', 'pay'], { clusters: [], namespaces: [], filter: '' }],
  [['c:run-eu', 'cart'], { clusters: ['run-eu'], namespaces: [], filter: 'cart' }],
  [['app:cart', '--cluster', 'run-eu'], { clusters: ['run-eu'], namespaces: [], filter: 'app:cart' }],
])('%j leaves nothing of the last scope', (args, scope) => {
  expect(place(...args).scope).toEqual(scope);
});

test('a scope that cannot be read is said', () => {
  const parsed = parseArguments(['age<ten', 'x'], '1.2.3');
  if (!parsed.ok || parsed.invocation.command !== 'screen') throw new Error('not the screen');

  expect(startPlace(parsed.invocation, last, decks)).toMatchObject({
    ok: false,
    line: expect.stringContaining('age<ten'),
  });
});

test('a deck of the configuration can be named; one that is not there is said with those that are', () => {
  expect(place('--deck', 'night').deck).toBe('night');
  const parsed = parseArguments(['--deck', 'nihgt'], '1.2.3');
  if (!parsed.ok || parsed.invocation.command !== 'screen') throw new Error('not the screen');

  expect(startPlace(parsed.invocation, last, decks)).toEqual({
    ok: false,
    line: '--deck nihgt is not there: there are home, workload, night',
  });
});
