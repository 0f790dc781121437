// Numbers, sizes and times as people read them; one form everywhere (the screen's tables, prose and the commands).

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const year = 365 * day;

/** `42s 3m 2m10 1h 5h40 6d 214d 3y` of milliseconds, two units at most; negative durations count as 0. */
export function duration(ms: number): string {
  const left = Math.max(0, ms);
  if (left < 100 * second) return `${Math.floor(left / second)}s`;
  if (left < 10 * minute) return two(Math.floor(left / minute), 'm', Math.floor((left % minute) / second));
  if (left < 100 * minute) return `${Math.floor(left / minute)}m`;
  if (left < 10 * hour) return two(Math.floor(left / hour), 'h', Math.floor((left % hour) / minute));
  if (left < 48 * hour) return `${Math.floor(left / hour)}h`;
  if (left < year) return `${Math.floor(left / day)}d`;
  return `${Math.floor(left / year)}y`;
}

const two = (big: number, unit: string, small: number): string =>
  small === 0 ? `${big}${unit}` : `${big}${unit}${String(small).padStart(2, '0')}`;

/** Age for a table cell: one unit, so that it changes at most once a minute after the first two. */
export function age(ms: number): string {
  const left = Math.max(0, ms);
  if (left < 2 * minute) return `${Math.floor(left / second)}s`;
  if (left < 100 * minute) return `${Math.floor(left / minute)}m`;
  if (left < 48 * hour) return `${Math.floor(left / hour)}h`;
  if (left < year) return `${Math.floor(left / day)}d`;
  return `${Math.floor(left / year)}y`;
}

/** Of how long nothing was heard only this is told: tens of seconds for two minutes, then minutes. */
const silenceUnit = (ms: number): number => (ms < 2 * minute ? 10 * second : minute);

/** How long nothing was heard: coarse, so that what is silent does not tick. */
export const silence = (ms: number): string => duration(ms - (Math.max(0, ms) % silenceUnit(ms)));

/** Milliseconds until `silence(ms)` reads differently. */
export const silenceChangesIn = (ms: number): number => silenceUnit(ms) - (Math.max(0, ms) % silenceUnit(ms));

/** `9ms 812ms 2.14s 38s` of milliseconds. */
export function latency(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(2)}s`;
  return duration(ms);
}

/** `1,204`; from 10,000 `12.4k`, `3.1M`. */
export function count(n: number): string {
  if (!Number.isFinite(n)) return '?';
  const size = Math.abs(n);
  // Not by Intl: its tables cost 15 ms at the first number.
  if (size < 10_000) return String(Math.round(n)).replace(/(\d)(?=\d{3}$)/, '$1,');
  if (size < 1_000_000) return `${short(n / 1000)}k`;
  if (size < 1_000_000_000) return `${short(n / 1_000_000)}M`;
  return `${short(n / 1_000_000_000)}G`;
}

const short = (n: number): string => (Math.abs(n) < 100 ? n.toFixed(1).replace(/\.0$/, '') : String(Math.round(n)));

/** Bytes as `512Mi`, `2.1Gi`: binary, three digits at most, no space. */
export function bytes(n: number): string {
  if (!Number.isFinite(n)) return '?';
  const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  let value = n;
  let unit = 0;
  while (Math.abs(value) >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits =
    unit === 0 || Math.abs(value) >= 10 ? Math.round(value).toString() : value.toFixed(1).replace(/\.0$/, '');
  return digits + units[unit];
}

/** Cores: `0.31`, below 0.01 `3m`. */
export const cpu = (cores: number): string =>
  !Number.isFinite(cores)
    ? '?'
    : cores > 0 && cores < 0.01
      ? `${Math.max(1, Math.round(cores * 1000))}m`
      : cores.toFixed(2);

/** `1 build`, `2 builds`. */
export const plural = (n: number, noun: string, many = `${noun}s`): string => `${count(n)} ${n === 1 ? noun : many}`;

const pad = (n: number): string => String(n).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Clock time of a moment: today `12:37`, other days `Nov 18`, older than a year `2025-11-18`. UTC unless `local`. */
export function clock(at: number, now: number, local = false): string {
  const a = parts(at, local);
  const b = parts(now, local);
  if (a.year === b.year && a.month === b.month && a.day === b.day) return `${pad(a.hour)}:${pad(a.minute)}`;
  if (Math.abs(now - at) < year) return `${months[a.month]} ${a.day}`;
  return `${a.year}-${pad(a.month + 1)}-${pad(a.day)}`;
}

/** `12:40:18`, with `.077` when milliseconds are asked for. */
export function clockSeconds(
  at: number,
  options: { readonly local?: boolean; readonly millis?: boolean } = {},
): string {
  const p = parts(at, options.local ?? false);
  const base = `${pad(p.hour)}:${pad(p.minute)}:${pad(p.second)}`;
  return options.millis ? `${base}.${String(p.millis).padStart(3, '0')}` : base;
}

function parts(at: number, local: boolean) {
  const d = new Date(at);
  return local
    ? {
        year: d.getFullYear(),
        month: d.getMonth(),
        day: d.getDate(),
        hour: d.getHours(),
        minute: d.getMinutes(),
        second: d.getSeconds(),
        millis: d.getMilliseconds(),
      }
    : {
        year: d.getUTCFullYear(),
        month: d.getUTCMonth(),
        day: d.getUTCDate(),
        hour: d.getUTCHours(),
        minute: d.getUTCMinutes(),
        second: d.getUTCSeconds(),
        millis: d.getUTCMilliseconds(),
      };
}

/** First six hex digits of a digest, without its algorithm. */
export const shortDigest = (digest: string): string => digest.replace(/^.*:/, '').slice(0, 6);

const goUnits: Readonly<Record<string, number>> = { ms: 1, s: second, m: minute, h: hour };

/** A duration as Go writes it (`5s`, `1h30m`, `250ms`); a bare number is seconds. Milliseconds, undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * second;
  if (!/^(\d+(\.\d+)?(ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, n, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) sum += Number(n) * (goUnits[unit ?? ''] ?? 0);
  return sum;
}
