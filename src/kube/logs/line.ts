// One line as the kubelet sends it with `timestamps=true`: an RFC 3339 time, a space, and whatever the container wrote.

export type LogText = {
  /** RFC 3339 with nine digits; null when the server gave none. */
  readonly time: string | null;
  /** The line without its time and end; valid until the call returns, and raw. */
  readonly bytes: Buffer;
};

export type StampedLine = {
  /** As sent: `2026-11-21T00:17:20.100000000Z`. Null for a line without one (a late part of a long line, an error). */
  readonly time: string | null;
  /** Whole seconds since the epoch; null without a time. */
  readonly second: number | null;
  /** Where the text begins. */
  readonly textStart: number;
  /** Over the whole line. */
  readonly hash: number;
};

const space = 0x20;
const longestStamp = 36;

/** Reads lines; remembers the last second, because thousands share it. */
export function newStampReader(): (buffer: Buffer, start: number, end: number) => StampedLine {
  let lastPrefix = '';
  let lastSecond = 0;
  return (buffer, start, end) => {
    const hash = hashOf(buffer, start, end);
    const stampEnd = findStamp(buffer, start, end);
    if (stampEnd === -1) return { time: null, second: null, textStart: start, hash };
    const time = buffer.toString('latin1', start, stampEnd);
    const isUtc = time.endsWith('Z');
    const prefix = time.slice(0, 19);
    let second = lastSecond;
    if (!isUtc || prefix !== lastPrefix) {
      // Fractions are cut by hand: some runtimes write more digits than Date.parse must take.
      const zone = isUtc ? 'Z' : (/[+-]\d\d:\d\d$/.exec(time)?.[0] ?? 'Z');
      second = Math.floor(Date.parse(`${prefix}${zone}`) / 1000);
      if (Number.isNaN(second)) return { time: null, second: null, textStart: start, hash };
      lastPrefix = isUtc ? prefix : '';
      lastSecond = second;
    }
    return { time, second, textStart: Math.min(stampEnd + 1, end), hash };
  };
}

/** Index after `dddd-dd-ddTdd:dd:dd…`, or -1. An empty line has no space behind its time. */
function findStamp(buffer: Buffer, start: number, end: number): number {
  if (end - start < 20 || buffer[start + 4] !== 0x2d || buffer[start + 10] !== 0x54 || buffer[start + 13] !== 0x3a) {
    return -1;
  }
  const limit = Math.min(end, start + longestStamp);
  let i = start;
  while (i < limit && buffer[i] !== space) i++;
  if (i === limit && i !== end) return -1;
  const last = buffer[i - 1] as number;
  return last === 0x5a || (last >= 0x30 && last <= 0x39) ? i : -1;
}

/** FNV-1a; a wrong match needs equal hashes at the same place of the same second. */
function hashOf(buffer: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let i = start; i < end; i++) hash = Math.imul(hash ^ (buffer[i] as number), 0x01000193);
  return hash;
}

const failures = [
  'failed to create fsnotify watcher:',
  'unable to retrieve container logs for ',
  'failed to try resolving symlinks in path ',
  'failed to watch file ',
  'rpc error: code = ',
];

/** Sentences of the kubelet that come as if they were log lines, without a time. */
export const isKubeletFailure = (line: StampedLine, text: string): boolean =>
  line.time === null && failures.some((failure) => text.startsWith(failure));
