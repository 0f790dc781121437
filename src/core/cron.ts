// When a CronJob should run next, as its controller computes it. The calendar itself is croner's.
import { Cron } from 'croner';

const every = /^@every\s+(.+)$/;
const zonePrefix = /^(?:CRON_TZ|TZ)=(\S+)\s+(.+)$/;
const durationPart = /(\d+(?:\.\d+)?)(h|ms|m|s)/g;
const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/**
 * First run after `after`, milliseconds since the epoch; undefined when the schedule names none or cannot be read.
 * Without a time zone the controller uses that of its own process, which is UTC on every platform we know of.
 * @example nextRun('0 3 * * *', 'Europe/Berlin', Date.parse('2026-11-21T10:00:00Z')) // 2026-11-22T02:00:00Z
 */
export function nextRun(schedule: string, timeZone: string | undefined, after: number): number | undefined {
  const text = schedule.trim();
  const interval = every.exec(text)?.[1];
  if (interval !== undefined) {
    const ms = goDuration(interval);
    return ms === undefined || ms < 1000 ? undefined : after + ms;
  }
  const [, prefixed, rest] = zonePrefix.exec(text) ?? [];
  const zone = timeZone ?? prefixed ?? 'UTC';
  try {
    const next = new Cron(rest ?? text, { timezone: zone, paused: true }).nextRun(new Date(after));
    return next === null ? undefined : next.getTime();
  } catch {
    return undefined;
  }
}

/** Milliseconds of a Go duration such as `1h30m`; undefined when it is none. */
export function goDuration(text: string): number | undefined {
  let ms = 0;
  let read = 0;
  for (const match of text.trim().matchAll(durationPart)) {
    if (match.index !== read) return undefined;
    ms += Number(match[1]) * (unitMs[match[2] ?? ''] ?? 0);
    read += match[0].length;
  }
  return read > 0 && read === text.trim().length ? ms : undefined;
}
