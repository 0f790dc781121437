// Log lines as segments: time, cluster, pod, level and message, with the columns as wide as the lines at hand need.
import type { ClusterId } from '../../src/core/ids.ts';
import { clockSeconds } from '../../src/core/format.ts';
import type { LogLevel, LogLine, LogWindow } from '../../src/core/log-line.ts';
import { cutEnd, padEnd, takeEnd, widthOf } from '../../src/core/width.ts';
import type { TextState } from '../../src/state/view.ts';
import type { Faces } from '../parts/faces.ts';
import { type Line, seg } from '../parts/pen.ts';
import type { Token } from '../theme/palette.ts';
import { attr } from '../theme/theme.ts';

const levelWords: Readonly<Record<LogLevel, string>> = {
  trace: 'TRC',
  debug: 'DBG',
  info: 'INF',
  warn: 'WRN',
  error: 'ERR',
  fatal: 'FTL',
  unknown: '   ',
};

export const levelToken: Readonly<Record<LogLevel, Token>> = {
  trace: 'faint',
  debug: 'muted',
  info: 'muted',
  warn: 'warn',
  error: 'fail',
  fatal: 'fail',
  unknown: 'muted',
};

/** How the columns before the message are laid out for the lines in sight. */
export type LogLayout = {
  readonly clock: TextState['clock'];
  readonly timeWidth: number;
  readonly hasMillis: boolean;
  /** 0: what is followed is in one cluster; then the title names it. */
  readonly clusterWidth: number;
  /** 0: all lines are of one pod; then the title names it. */
  readonly podWidth: number;
};

/** Columns for a width: seconds on small screens, milliseconds from 110 columns on when the pane has them all. */
export function logLayout(window: LogWindow, width: number, clock: TextState['clock'], faces: Faces): LogLayout {
  const { lines } = window;
  const clusters = clustersOf(lines);
  const isOfOne = onlyLogCluster(window) !== undefined;
  const pods = new Set(lines.map((line) => line.pod));
  const names = [...clusters].map((id) => widthOf(faces.get(id)?.name ?? id) + 1);
  const hasMillis = width >= 110;
  const timeWidth = clock === 'none' ? 0 : hasMillis ? 12 : 8;
  const podWidth = pods.size <= 1 ? 0 : width >= 160 ? Math.min(36, Math.max(5, ...[...pods].map(widthOf))) : 5;
  return { clock, timeWidth, hasMillis, clusterWidth: isOfOne ? 0 : Math.max(0, ...names), podWidth };
}

const clustersOf = (lines: readonly LogLine[]): ReadonlySet<ClusterId> => new Set(lines.map((line) => line.cluster));

/** The one cluster that all of it is of. Lines of one do not make it: those of another may come next. */
export function onlyLogCluster({ lines, clusters }: LogWindow): ClusterId | undefined {
  const [only, ...others] = clusters > 1 ? [] : clustersOf(lines);
  return others.length === 0 ? only : undefined;
}

/** What stands before the message, and the message itself with what is searched for marked. */
export function logLine(
  line: LogLine,
  layout: LogLayout,
  faces: Faces,
  search: string,
  isCalm = false,
): { readonly head: Line; readonly body: Line } {
  const head = [...timePart(line, layout), ...clusterPart(line.cluster, layout, faces), ...podPart(line.pod, layout)];
  if (line.type === 'mark') return { head, body: markBody(line) };
  const level: Line = [
    seg(`${levelWords[line.level]} `, levelToken[line.level], isBad(line.level) ? attr.bold : attr.none),
  ];
  const late: Line = line.late ? [seg('late ', 'stale')] : [];
  // Beside other panes what is usual recedes; alone on the screen a log is there to be read.
  const isQuiet = line.level === 'debug' || line.level === 'trace' || (isCalm && line.level === 'info');
  const token: Token = isQuiet ? 'muted' : 'text';
  // The level stands in its column; a line that begins with the same word does not say it twice.
  const text = line.level === 'unknown' ? line.text : line.text.replace(leadingLevel[line.level], '');
  return { head: [...head, ...level, ...late], body: highlighted(text, token, search) };
}

const leadingLevel: Readonly<Record<Exclude<LogLevel, 'unknown'>, RegExp>> = {
  trace: /^\[?(?:TRC|TRACE)\]?:?\s+/i,
  debug: /^\[?(?:DBG|DEBUG)\]?:?\s+/i,
  info: /^\[?(?:INF|INFO)\]?:?\s+/i,
  warn: /^\[?(?:WRN|WARN|WARNING)\]?:?\s+/i,
  error: /^\[?(?:ERR|ERROR)\]?:?\s+/i,
  fatal: /^\[?(?:FTL|FATAL)\]?:?\s+/i,
};

const isBad = (level: LogLevel): boolean => level === 'error' || level === 'fatal';

function timePart(line: LogLine, layout: LogLayout): Line {
  if (layout.timeWidth === 0) return [];
  const text =
    line.time === null ? '' : clockSeconds(line.time, { local: layout.clock === 'local', millis: layout.hasMillis });
  return [seg(`${padEnd(text, layout.timeWidth)} `, 'muted')];
}

function clusterPart(id: ClusterId, layout: LogLayout, faces: Faces): Line {
  if (layout.clusterWidth === 0) return [];
  const face = faces.get(id);
  const name = padEnd(face?.name ?? id, layout.clusterWidth - 1);
  return face === undefined ? [seg(` ${name} `)] : [{ text: '■', token: 'muted', hue: face.hue }, seg(`${name} `)];
}

/** Narrow: the last letters, by which pods of one workload are told apart. */
const podPart = (pod: string, layout: LogLayout): Line =>
  layout.podWidth === 0
    ? []
    : [
        seg(
          `${padEnd(layout.podWidth <= 5 ? takeEnd(pod, 5) : cutEnd(pod, layout.podWidth), layout.podWidth)} `,
          'muted',
        ),
      ];

const markWords: Readonly<Record<Extract<LogLine, { type: 'mark' }>['mark'], readonly [string, Token]>> = {
  joined: ['NEW', 'busy'],
  ended: ['END', 'muted'],
  restarted: ['RST', 'warn'],
  gap: ['GAP', 'stale'],
  denied: ['–  ', 'warn'],
  error: ['ERR', 'fail'],
  dropped: ['CUT', 'stale'],
};

function markBody(line: Extract<LogLine, { type: 'mark' }>): Line {
  const [word, token] = markWords[line.mark];
  const isFailure = line.mark === 'ended' && /exited [1-9]|OOM/.test(line.text);
  const shown: Token = isFailure ? 'fail' : token;
  if (line.mark === 'gap' || line.mark === 'dropped') return [seg(`╌╌ ${line.text} ╌╌`, token)];
  const text = line.text === '' && line.mark === 'joined' ? `${line.pod} is followed` : line.text;
  return [seg(`${word} `, shown, attr.bold), seg(text, shown)];
}

/** What is searched for stands in accent, underlined; case counts only when the search has a capital. */
export function highlighted(text: string, token: Token, search: string): Line {
  if (search === '') return [seg(text, token)];
  const isCased = /\p{Lu}/u.test(search);
  const hay = isCased ? text : text.toLowerCase();
  const needle = isCased ? search : search.toLowerCase();
  const out: Line[number][] = [];
  let from = 0;
  for (let at = hay.indexOf(needle); at >= 0; at = hay.indexOf(needle, at + needle.length)) {
    out.push(
      seg(text.slice(from, at), token),
      seg(text.slice(at, at + needle.length), 'accent', attr.bold + attr.underline),
    );
    from = at + needle.length;
  }
  return [...out, seg(text.slice(from), token)];
}

/** The plain words of a log filter, for marking them in the lines: keys, regexes and negated terms mark nothing. */
export function searchOf(filter: string): string {
  const [word] = filter.split(/\s+/).filter((term) => /^[^!/:<>="][^:<>=]*$/.test(term));
  return word ?? '';
}

/** The strip over a zoomed log: one cell a bucket, log scale, the worst level colours it. */
export function histogramLine(window: LogWindow, levels: readonly string[], width: number): Line {
  const buckets = window.histogram.slice(-Math.max(0, width));
  const most = Math.max(1, ...buckets.map((bucket) => bucket.count));
  return buckets.map((bucket) => {
    if (bucket.count === 0) return seg(' ', 'faint');
    const height = Math.log1p(bucket.count) / Math.log1p(most);
    const level = levels[Math.min(levels.length - 1, Math.floor(height * (levels.length - 1)))] ?? '';
    return seg(level, bucket.level === 'warn' || isBad(bucket.level) ? levelToken[bucket.level] : 'muted');
  });
}
