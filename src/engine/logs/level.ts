// The level of a log line, read from its beginning: JSON, logfmt, klog and plain words. Not known is not info.
import type { LogLevel } from '../../core/log-line.ts';

/** Levels in the order of their number in the ring. */
export const logLevels: readonly LogLevel[] = ['unknown', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'];

const byWord: Readonly<Record<string, LogLevel>> = {
  trace: 'trace',
  trc: 'trace',
  debug: 'debug',
  dbg: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  notice: 'info',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  severe: 'error',
  critical: 'fatal',
  crit: 'fatal',
  fatal: 'fatal',
  panic: 'fatal',
  alert: 'fatal',
  emerg: 'fatal',
  emergency: 'fatal',
};
const byKlog: Readonly<Record<string, LogLevel>> = { I: 'info', W: 'warn', E: 'error', F: 'fatal' };

/** How far into a line a level is looked for. */
const lookAt = 256;

const klog = /^([IWEF])\d{4} \d\d:\d\d:\d\d/;
const keyed = /["']?\b(?:level|lvl|severity|levelname|log\.level)["']?\s*[:=]\s*["']?([a-z]+|\d+)/i;
const bracketed =
  /(?:^|[\s[(|])(trace|trc|debug|dbg|info|inf|notice|warn|wrn|warning|error|err|fatal|critical|crit|panic|severe)(?=[\s\])|:]|$)/i;

/** The level that a line names. */
export function levelOf(line: string): LogLevel {
  const start = line.length > lookAt ? line.slice(0, lookAt) : line;
  const k = klog.exec(start);
  if (k) return byKlog[k[1] ?? ''] ?? 'unknown';
  const named = keyed.exec(start);
  if (named) {
    const word = (named[1] ?? '').toLowerCase();
    return byWord[word] ?? ofNumber(Number(word));
  }
  // Words count in capitals, in brackets or at the beginning: prose that mentions an error is no error line.
  const b = bracketed.exec(start);
  const word = b?.[1] ?? '';
  if (b && (word === word.toUpperCase() || b.index < 2 || start[b.index] === '['))
    return byWord[word.toLowerCase()] ?? 'unknown';
  return 'unknown';
}

/** pino's and bunyan's numbers. */
function ofNumber(n: number): LogLevel {
  if (!Number.isFinite(n) || n < 10) return 'unknown';
  return n < 20 ? 'trace' : n < 30 ? 'debug' : n < 40 ? 'info' : n < 50 ? 'warn' : n < 60 ? 'error' : 'fatal';
}
