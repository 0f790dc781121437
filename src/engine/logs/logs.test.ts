import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import { HoldBack } from './hold-back.ts';
import { levelOf } from './level.ts';
import { LogBuffer } from './log-buffer.ts';
import { LogRing } from './ring.ts';

const label = {
  cluster: clusterId('c1'),
  clusterNames: ['run-eu'],
  namespace: 'shop',
  pod: 'cart-x',
  container: 'cart',
  app: 'cart',
  node: 'n1',
};
/** Time for a thousand lines. */
const once = (): (() => boolean) => {
  let looks = 0;
  return () => ++looks < 8;
};
const never = Number.NEGATIVE_INFINITY;
const texts = (buffer: LogBuffer) => buffer.lines(buffer.range.first, 1_000_000).map((l) => l.text);

test.each([
  ['{"level":"warn","msg":"x"}', 'warn'],
  ['{"time":"t","severity":"ERROR","message":"x"}', 'error'],
  ['{"level":50,"msg":"pino"}', 'error'],
  ['ts=1 level=info msg="no error here"', 'info'],
  ['E1121 12:00:00.000000 1 x.go:1] oops', 'error'],
  ['2026-11-21 12:00:00 WARN gc pause', 'warn'],
  ['[error] upstream closed', 'error'],
  ['panic: runtime error', 'fatal'],
  ['the last error was long ago', 'unknown'],
  ['GET /cart 200', 'unknown'],
])('%s is %s', (line, level) => expect(levelOf(line)).toBe(level));

test('the ring stays within its bytes, counts what it drops and keeps the newest', () => {
  const ring = new LogRing(1 << 20);
  const handles: number[] = [];
  for (let i = 0; i < 50_000; i++) handles.push(ring.add(`line ${i} ${'x'.repeat(80)}`, i, 0, 3));
  expect(ring.bytes).toBeLessThanOrEqual(1 << 20);
  const kept = handles.filter((h) => ring.has(h));
  expect(kept.length + ring.dropped).toBe(50_000);
  expect(kept.length).toBeGreaterThan(3000);
  expect(ring.text(handles.at(-1) ?? 0)).toMatch(/^line 49999 /);
  expect(ring.text(handles[0] ?? 0)).toBe('');
});

test('a line longer than a slab is cut with a mark, a wide character is not halved', () => {
  const ring = new LogRing(1 << 17);
  const text = ring.text(ring.add('日'.repeat(100_000), 0, 0, 0));
  expect(text.endsWith('日…')).toBe(true);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(64 * 1024);
});

test('lines of several streams come out by time; what is late is flagged, none is lost, none waits for ever', () => {
  const line = fc.record({
    stream: fc.integer({ min: 0, max: 3 }),
    time: fc.integer({ min: 0, max: 2000 }),
    gap: fc.integer({ min: 0, max: 200 }),
  });
  fc.assert(
    fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
      const held = new HoldBack();
      const out: { time: number; isLate: boolean }[] = [];
      let now = 0;
      for (const [i, l] of lines.entries()) {
        now += l.gap;
        held.add({ time: l.time, stream: l.stream, text: String(i), arrived: now });
        held.release(now, never, (given, isLate) => out.push({ time: given.time, isLate }));
      }
      held.release(now + 300, never, (given, isLate) => out.push({ time: given.time, isLate }));
      expect(held.size).toBe(0);
      expect(out).toHaveLength(lines.length);
      let newest = Number.NEGATIVE_INFINITY;
      for (const given of out) {
        expect(given.isLate).toBe(given.time < newest);
        newest = Math.max(newest, given.time);
      }
    }),
  );
});

test('a stream whose clock is behind does not hold the others up', () => {
  const held = new HoldBack();
  const out: string[] = [];
  for (let now = 0; now <= 2000; now += 100) {
    held.add({ time: now, stream: 0, text: `a${now}`, arrived: now });
    held.add({ time: now - 10_000, stream: 1, text: `b${now}`, arrived: now });
    held.release(now, never, (line) => out.push(line.text));
  }
  expect(out).toContain('a1600');
});

test('a filter looks at all that is kept, in slices, and at what comes meanwhile', () => {
  const buffer = new LogBuffer(8 << 20);
  const stream = buffer.addStream(label);
  for (let i = 0; i < 10_000; i++) buffer.add(stream, i % 10 === 0 ? `ERROR heap ${i}` : `INFO fine ${i}`, i, false);
  buffer.setFilter('"heap"', 'all');
  expect(buffer.scan(once())).toBe(true);
  buffer.add(stream, 'ERROR heap new', 20_000, false);
  while (buffer.scan(once()));
  expect(texts(buffer)).toHaveLength(1001);
  expect(texts(buffer).at(-1)).toBe('ERROR heap new');
  buffer.add(stream, 'INFO fine', 20_001, false);
  buffer.add(stream, 'INFO heap late', 15_000, true);
  expect(texts(buffer).slice(-2)).toEqual(['INFO heap late', 'ERROR heap new']);
  buffer.setFilter('status:error', 'all');
  while (buffer.scan());
  expect(texts(buffer)).toHaveLength(1001);
  buffer.setFilter('', 'all');
  expect(texts(buffer)).toHaveLength(10_003);
});

test('positions of lines stay the same while older lines are dropped', () => {
  const buffer = new LogBuffer(1 << 20);
  const stream = buffer.addStream(label);
  for (let i = 0; i < 60_000; i++) buffer.add(stream, `line ${i} ${'x'.repeat(50)}`, i, false);
  const { first, end } = buffer.range;
  expect(end).toBe(60_000);
  expect(first).toBe(buffer.ring.dropped);
  expect(buffer.lines(59_990, 3).map((l) => [l.index, l.text.slice(0, 10)])).toEqual([
    [59_990, 'line 59990'],
    [59_991, 'line 59991'],
    [59_992, 'line 59992'],
  ]);
  expect(buffer.lines(0, 1)[0]?.index).toBe(first);
});

test('marks pass every filter', () => {
  const buffer = new LogBuffer(1 << 20);
  const stream = buffer.addStream(label);
  buffer.setFilter('nothing', 'warn');
  buffer.add(stream, 'INFO fine', 1, false);
  buffer.mark(stream, 'ended', 'exited 137 (OOMKilled)', 2);
  expect(buffer.lines(0, 10)).toMatchObject([{ type: 'mark', mark: 'ended', text: 'exited 137 (OOMKilled)' }]);
});

test('another filter shows the newest matches first, and their positions stay while older ones are found', () => {
  const buffer = new LogBuffer(8 << 20);
  const stream = buffer.addStream(label);
  for (let i = 0; i < 10_000; i++) buffer.add(stream, i % 10 === 0 ? `heap ${i}` : `fine ${i}`, i, false);
  buffer.setFilter('"heap"', 'all');
  buffer.scan(once());
  const early = buffer.lines(buffer.range.end - 2, 2);
  expect(early.map((line) => line.text)).toEqual(['heap 9980', 'heap 9990']);
  expect(buffer.unfiltered).toBeGreaterThan(8_000);

  buffer.add(stream, 'heap of now', 20_000, false);
  while (buffer.scan(once()));

  expect(buffer.unfiltered).toBe(0);
  expect(buffer.range.end - buffer.range.first).toBe(1_001);
  expect(buffer.lines(early[0]?.index ?? 0, 3).map((line) => line.text)).toEqual([
    'heap 9980',
    'heap 9990',
    'heap of now',
  ]);
  expect(texts(buffer)).toEqual([...Array.from({ length: 1_000 }, (_, i) => `heap ${i * 10}`), 'heap of now']);
});

test('whatever comes, goes and is searched meanwhile: a filter finds what is kept, in its order', () => {
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ text: fc.constantFrom('p', 'q', 'r'), time: fc.integer({ min: 0, max: 99 }) }),
    },
    { weight: 2, arbitrary: fc.constantFrom('"p"', '"q"', '/[pq]/', '') },
    { weight: 3, arbitrary: fc.constant('scan' as const) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.integer({ min: 1, max: 400 }), (steps, repeat) => {
      const buffer = new LogBuffer(1 << 18);
      const stream = buffer.addStream(label);
      let time = 0;
      for (const one of steps) {
        if (one === 'scan') buffer.scan(() => false);
        else if (typeof one === 'string') buffer.setFilter(one, 'all');
        else {
          for (let i = 0; i < repeat; i++) buffer.add(stream, `${one.text} ${'x'.repeat(20)}`, time++, false);
          buffer.add(stream, `${one.text} late`, time - one.time, true);
        }
      }
      while (buffer.scan());
      const { filter } = buffer;
      const found = texts(buffer);
      buffer.setFilter('', 'all');
      const word = { '"p"': /p/, '"q"': /q/, '/[pq]/': /[pq]/, '': /^/ }[filter.source] ?? /^/;
      expect(found).toEqual(texts(buffer).filter((text) => word.test(text)));
    }),
    { numRuns: 60 },
  );
});

test('a line whose place is out of reach stands where it came in', () => {
  const buffer = new LogBuffer(8 << 20);
  const stream = buffer.addStream(label);
  for (let i = 0; i < 5_000; i++) buffer.add(stream, `line ${i}`, i, false);
  buffer.add(stream, 'in reach', 4_000.5, true);
  buffer.add(stream, 'out of reach', 10, true);
  expect(texts(buffer).slice(4_000, 4_002)).toEqual(['line 4000', 'in reach']);
  expect(texts(buffer).at(-1)).toBe('out of reach');
});

test('in order of arrival no line is put before one that was read', () => {
  const buffer = new LogBuffer(8 << 20, 'arrival');
  const stream = buffer.addStream(label);
  for (const time of [1, 5, 3, 4]) buffer.add(stream, `at ${time}`, time, time === 3);
  expect(texts(buffer)).toEqual(['at 1', 'at 5', 'at 3', 'at 4']);
});

test('short lines are counted with all that stands for them', () => {
  const buffer = new LogBuffer(4 << 20);
  const stream = buffer.addStream(label);
  for (let i = 0; i < 200_000; i++) buffer.add(stream, 'x', i, false);
  // Seventeen bytes of index and two places of sixteen for each line.
  expect(buffer.ring.bytes).toBeGreaterThan(buffer.kept * 49);
  expect(buffer.ring.bytes).toBeLessThanOrEqual(4 << 20);
  expect(buffer.kept + buffer.ring.dropped).toBe(200_000);
});
