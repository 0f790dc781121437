import { expect, test } from 'vitest';
import { cluster, fakeEngine, logLine, logWindow, row, windowOf } from '../../test/support/fake-engine.ts';
import { everything } from '../core/query.ts';
import type { LogLine } from '../core/log-line.ts';
import { logs } from './logs.ts';

const follow = {
  scope: everything,
  kind: 'pod',
  name: 'cart-1',
  container: null,
  follow: true,
  previous: false,
  timestamps: false,
  tail: null,
  sinceMs: null,
  filter: '',
  format: 'raw' as const,
  timeoutMs: 1_000,
};

test('a late line that takes its place among printed ones is printed, once, and none of the others twice', async () => {
  const engine = fakeEngine(() => 0);
  engine.answerQuery = () => windowOf([], [row('cart-1', ['run-eu'], [])]);
  engine.setFleet([cluster('run-eu')]);
  const printed: string[] = [];
  const end = new AbortController();
  const running = logs(
    engine,
    {
      line: (text) => void printed.push(text),
      note: () => undefined,
      gone: new AbortController().signal,
      flush: () => Promise.resolve(),
    },
    { ...follow, signal: end.signal },
  );
  await expect.poll(() => engine.logStreams).toHaveLength(1);
  const tell = (...lines: readonly LogLine[]): void =>
    engine.logStreams[0]?.tell(logWindow(lines.map((line, index) => ({ ...line, index }))));
  const [a, b, late, c] = ['a', 'b', 'late', 'c'].map((text, id) => logLine(id, { id, text }));
  if (!a || !b || !late || !c) throw new Error('four lines');

  tell(a, b);
  tell(a, late, b);
  tell(a, late, b, c);
  end.abort();
  await running;

  expect(printed).toEqual(['a', 'b', 'late', 'c']);
});
