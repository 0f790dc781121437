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
        held.release(now, (given, isLate) => out.push({ time: given.time, isLate }));
      }
      held.release(now + 300, (given, isLate) => out.push({ time: given.time, isLate }));
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
    held.release(now, (line) => out.push(line.text));
  }
  expect(out).toContain('a1600');
});

test('a filter looks at all that is kept, in slices, and at what comes meanwhile', () => {
  const buffer = new LogBuffer(8 << 20);
  const stream = buffer.addStream(label);
  for (let i = 0; i < 10_000; i++) buffer.add(stream, i % 10 === 0 ? `ERROR heap ${i}` : `INFO fine ${i}`, i, false);
  buffer.setFilter('"heap"', 'all');
  expect(buffer.scan(1000)).toBe(true);
  buffer.add(stream, 'ERROR heap new', 20_000, false);
  while (buffer.scan(1000));
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
