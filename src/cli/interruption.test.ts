import { expect, test } from 'vitest';
import { interruption } from './interruption.ts';

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s stops what goes on, and is exit code %i', (signal, code) => {
  using interrupted = interruption();
  expect(interrupted).toMatchObject({ exitCode: null, signal: { aborted: false } });

  process.emit(signal);
  expect(interrupted).toMatchObject({ exitCode: code, signal: { aborted: true } });
});

test('of two signals the first is told, and nobody listens afterwards', () => {
  const count = (): number[] => ['SIGHUP', 'SIGINT', 'SIGTERM'].map((signal) => process.listenerCount(signal));
  const before = count();
  {
    using interrupted = interruption();
    process.emit('SIGHUP');
    process.emit('SIGTERM');
    expect(interrupted.exitCode).toBe(129);
  }
  expect(count()).toEqual(before);
});
