import { expect, test } from 'vitest';
import { clusterId } from '../../core/ids.ts';
import { type ParkingCandidate, toConnect } from './parking.ts';

const candidate = (name: string, more: Partial<ParkingCandidate> = {}): ParkingCandidate => ({
  id: clusterId(name),
  isNamed: false,
  isScoped: false,
  wasInScope: false,
  isCurrent: false,
  wasConnected: false,
  ...more,
});

const fifty = { limit: 50, isNarrowed: false };
const many = Array.from({ length: 60 }, (_, i) => candidate(`c${i}`));

test('up to the limit all are connected, the last scope and the current context first', () => {
  const order = toConnect(
    [candidate('a'), candidate('b', { isCurrent: true }), candidate('c', { wasInScope: true })],
    fifty,
  );
  expect(order).toEqual(['c', 'b', 'a']);
});

test('beyond the limit the rest stays parked in file order', () => {
  const order = toConnect([...many, candidate('late', { isCurrent: true })], fifty);
  expect(order).toHaveLength(50);
  expect(order[0]).toBe('late');
  expect(order.at(-1)).toBe('c48');
});

test('a flag asks for what it names and nothing else, whatever the limit', () => {
  const named = many.map((c, i) => (i < 55 ? { ...c, isNamed: true } : c));
  expect(toConnect(named, { ...fifty, isNarrowed: true })).toHaveLength(55);
});

test('what the scope names is connected beside the others', () => {
  const order = toConnect([...many, candidate('x', { isScoped: true })], fifty);
  expect(order[0]).toBe('x');
  expect(order).toHaveLength(50);
});

test('what is connected stays so and takes its places: a new cluster waits when all are taken', () => {
  const full = many.map((c, i) => ({ ...c, wasConnected: i < 50 }));
  expect(toConnect([candidate('new'), ...full], fifty)).not.toContain('new');
  expect(toConnect([candidate('new'), ...full.slice(1)], fifty)).toContain('new');
});

test('a flag whose clusters are gone connects nothing else', () => {
  expect(toConnect(many, { ...fifty, isNarrowed: true })).toEqual([]);
});
