import { expect, test } from 'vitest';
import { manualClock } from '../../../test/support/manual-clock.ts';
import { clusterId } from '../../core/ids.ts';
import type { LogView } from '../../protocol/messages.ts';
import { Metrics } from '../../telemetry/metrics.ts';
import { engineMetrics } from '../telemetry-names.ts';
import { LogIntake, type LogIntakeDeps } from './log-intake.ts';

const view: LogView = { filter: '', minLevel: 'all', anchor: 'newest', limit: 10 };
const label = {
  cluster: clusterId('c1'),
  clusterNames: ['run-eu'],
  namespace: 'shop',
  pod: 'cart-x',
  container: 'cart',
  app: 'cart',
  node: 'n1',
};

function setUp(more: Partial<LogIntakeDeps> & { readonly view?: LogView } = {}) {
  const clock = manualClock();
  const holds: boolean[] = [];
  const intake = new LogIntake(more.view ?? view, {
    clock,
    metrics: engineMetrics(new Metrics()),
    limitBytes: 1 << 20,
    place: 'time',
    ends: false,
    awaits: () => false,
    isRaw: false,
    changed: () => undefined,
    hold: (isFull) => holds.push(isFull),
    ...more,
  });
  const stream = intake.addStream(label);
  const say = (text: string, time: number = clock.now()): void => intake.takeLine(stream, time, Buffer.from(text));
  return { clock, intake, say, holds };
}

test('a burst is taken in slices, with time for others between them', () => {
  let looks = 0;
  const steady = manualClock();
  // Each look at the time costs a millisecond.
  const clock = { ...steady, now: () => steady.now() + looks++ };
  const kept = [0];
  const { intake, say } = setUp({ clock, changed: () => kept.push(intake.buffer.kept) });
  using _intake = intake;
  for (let i = 0; i < 5_000; i++) say(`line ${i}`);
  steady.advance(2_000);
  expect(intake.buffer.kept).toBe(5_000);
  expect(Math.max(...kept.slice(1).map((count, i) => count - (kept[i] ?? 0)))).toBeLessThan(500);
});

test('when more comes than is taken, reading stops until there is room again', () => {
  const { clock, intake, say, holds } = setUp();
  using _intake = intake;
  for (let i = 0; i < 20_000; i++) say('x'.repeat(1_000));
  expect(holds).toEqual([true]);
  clock.advance(1_000);
  expect(holds).toEqual([true, false]);
});

test('for a reader in order of arrival no line goes before it was read, however slow it is', () => {
  const { clock, intake, say } = setUp({ place: 'arrival', view: { ...view, anchor: 0 } });
  using _intake = intake;
  for (let i = 0; i < 30_000; i++) say(`line ${i} ${'x'.repeat(100)}`);
  const read: string[] = [];
  for (let round = 0; round < 200 && read.length < 30_000; round++) {
    clock.advance(1_000);
    const lines = intake.buffer.lines(read.length, 1_000);
    expect(lines[0]?.index).toBe(read.length);
    read.push(...lines.map((line) => line.text.split(' ', 2).join(' ')));
    intake.look({ ...view, anchor: read.length });
  }
  expect(read).toEqual(Array.from({ length: 30_000 }, (_, i) => `line ${i}`));
});

test('lines of logs that end are in order, however late one of them answers', () => {
  const { clock, intake } = setUp({ place: 'arrival', ends: true });
  using _intake = intake;
  const far = intake.addStream(label);
  for (const time of [10, 30, 50]) intake.takeLine(0, time, Buffer.from(`near ${time}`));
  intake.streamOver(0);
  clock.advance(2_000);
  expect(intake.buffer.kept).toBe(0);
  for (const time of [20, 40]) intake.takeLine(far, time, Buffer.from(`far ${time}`));
  clock.advance(200);
  expect(intake.buffer.kept).toBe(4);
  intake.streamOver(far);
  clock.advance(1);
  expect(intake.buffer.lines(0, 9).map((line) => line.text)).toEqual([
    'near 10',
    'far 20',
    'near 30',
    'far 40',
    'near 50',
  ]);
});

test('a carriage return at the end is no part of a line, others are shown; as they came they stay', () => {
  for (const [isRaw, expected] of [
    [false, ['of Windows', 'a^[[1mb^Mc']],
    [true, ['of Windows\r', 'a\u001b[1mb\rc']],
  ] as const) {
    const { clock, intake, say } = setUp({ isRaw });
    using _intake = intake;
    say('of Windows\r');
    say('a\u001b[1mb\rc');
    clock.advance(1_000);
    expect(intake.buffer.lines(0, 9).map((line) => line.text)).toEqual(expected);
  }
});

test('what was written before somebody looked is never late, what comes out of order after it is', () => {
  const { clock, intake, say } = setUp();
  using _intake = intake;
  say('now');
  clock.advance(1_000);
  const far = intake.addStream(label);
  intake.takeLine(far, clock.now() - 60_000, Buffer.from('history'));
  say('later');
  clock.advance(1_000);
  say('out of order', clock.now() - 1_500);
  clock.advance(1_000);
  expect(intake.buffer.lines(0, 9).flatMap((line) => (line.type === 'line' ? [[line.text, line.late]] : []))).toEqual([
    ['history', false],
    ['now', false],
    ['out of order', true],
    ['later', false],
  ]);
});
