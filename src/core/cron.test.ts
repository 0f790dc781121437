import { describe, expect, test } from 'vitest';
import { goDuration, nextRun } from './cron.ts';

const at = (text: string): number => Date.parse(text);
const next = (schedule: string, zone: string | undefined, after: string): string | undefined => {
  const ms = nextRun(schedule, zone, at(after));
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe('the next run of a schedule', () => {
  test('is in UTC when no time zone is set', () => {
    expect(next('*/5 * * * *', undefined, '2026-11-21T10:07:30Z')).toBe('2026-11-21T10:10:00.000Z');
    expect(next('0 3 * * *', undefined, '2026-11-21T10:07:30Z')).toBe('2026-11-22T03:00:00.000Z');
  });

  test('follows the time zone of the CronJob, over the end of summer time', () => {
    expect(next('0 3 * * *', 'Europe/Berlin', '2026-10-24T00:00:00Z')).toBe('2026-10-24T01:00:00.000Z');
    expect(next('0 3 * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z')).toBe('2026-10-25T02:00:00.000Z');
  });

  test('takes the time zone in front of the schedule, which old CronJobs have', () => {
    expect(next('TZ=Asia/Tokyo 0 9 * * *', undefined, '2026-11-21T10:00:00Z')).toBe('2026-11-22T00:00:00.000Z');
  });

  test('joins day of month and day of week with or', () => {
    expect(next('0 0 13 * 5', undefined, '2026-11-21T10:00:00Z')).toBe('2026-11-27T00:00:00.000Z');
  });

  test('knows the nicknames and intervals', () => {
    expect(next('@hourly', undefined, '2026-11-21T10:07:30Z')).toBe('2026-11-21T11:00:00.000Z');
    expect(next('@every 1h30m', undefined, '2026-11-21T10:00:00Z')).toBe('2026-11-21T11:30:00.000Z');
  });

  test.each(['61 * * * *', 'rubbish', '', '@every', '@every 0s', '@every soon', '0 0 31 2 *'])(
    'is unknown for %j',
    (s) => {
      expect(nextRun(s, undefined, at('2026-11-21T10:00:00Z'))).toBeUndefined();
    },
  );

  test('is unknown for a time zone that does not exist', () => {
    expect(nextRun('@daily', 'Nope/Nowhere', at('2026-11-21T10:00:00Z'))).toBeUndefined();
  });
});

test('a Go duration is read whole or not at all', () => {
  expect(goDuration('1h30m')).toBe(5_400_000);
  expect(goDuration('250ms')).toBe(250);
  expect(goDuration('1.5h')).toBe(5_400_000);
  expect(goDuration('5')).toBeUndefined();
  expect(goDuration('5m then')).toBeUndefined();
});
