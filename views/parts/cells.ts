// A cell's value as text with a meaning: one place that knows every column type.
import type { ClusterId } from '../../src/core/ids.ts';
import { age, bytes, clock, count, cpu, plural, shortDigest } from '../../src/core/format.ts';
import type { Cell, Column, Health, Row, Tone } from '../../src/core/row.ts';
import { cutEnd, cutHead, cutMiddle } from '../../src/core/width.ts';
import type { Token } from '../theme/palette.ts';
import { attr } from '../theme/theme.ts';
import { tonedLine, tonedText } from './toned.ts';
import { bold, cellsOf, type ClusterFace, clusterName, type Line, lineWidth, seg } from './pen.ts';

/** What formatting needs to know besides the row. */
export type CellContext = {
  /** The minute that ages count from, so that they change once a minute and all together. */
  readonly now: number;
  /** The time now, for what is younger than two minutes; absent: `now`. */
  readonly wallNow?: () => number;
  readonly faces: ReadonlyMap<ClusterId, ClusterFace>;
};

/** The cell as a line of at most `width` columns. */
export function formatCell(row: Row, column: Column, cell: Cell, width: number, context: CellContext): Line {
  if (column.type === 'clusters') return clusterCell(row, cell, width, context);
  if (column.id === 'cluster-name') return fleetName(row, width, context);
  if (cell === null) return row.open === null ? [seg('—', 'faint')] : [];
  const value = cellText(column, cell, nowFor(cell, context));
  if (column.type === 'version' && typeof cell === 'object' && 'tag' in cell) return versionCell(cell, width);
  if (typeof cell === 'object' && 'tone' in cell)
    return tonedLine(
      cell,
      tokenOf(row, column, cell),
      width,
      nowFor(cell.since ?? cell.until ?? null, context),
      (text, room) => cut(text, room, column),
    );
  const text = cut(value, width, column);
  return [seg(text, tokenOf(row, column, cell), attributesOf(row, column))];
}

/** Young things count by the clock: a pod that came ten seconds ago is not 0s old for a minute. */
const nowFor = (cell: Cell, context: CellContext): number =>
  typeof cell === 'number' && context.wallNow !== undefined && context.now - cell < 120_000
    ? context.wallNow()
    : context.now;

/** The cell as plain text, whole: for details, copies and searches. */
export function cellText(column: Column, cell: Cell, now: number): string {
  if (cell === null) return '—';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return numberText(column, cell, now);
  if (Array.isArray(cell)) return cell.join(' ');
  if ('n' in cell) return `${count(cell.n)}/${count(cell.of)}`;
  if ('tag' in cell) return versionText(cell);
  return 'tone' in cell ? tonedText(cell, now) : '';
}

function numberText(column: Column, value: number, now: number): string {
  if (!Number.isFinite(value)) return '?';
  if (column.type === 'age') return age(now - value);
  if (column.type === 'time') return clock(value, now);
  if (column.type === 'bytes') return bytes(value);
  if (column.type === 'cpu') return cpu(value);
  return count(value);
}

const versionText = (version: { readonly tag: string; readonly digest: string }): string => {
  const digest = shortDigest(version.digest);
  if (version.tag === '') return digest === '' ? '—' : `@${digest}`;
  return digest === '' ? version.tag : `${version.tag} ${digest}`;
};

/** A tag is never cut; its digest goes first, and a tag that is too long is cut at the head, where builds differ least. */
function versionCell(version: { readonly tag: string; readonly digest: string }, width: number): Line {
  const digest = shortDigest(version.digest);
  if (version.tag === '') return [seg(cutEnd(digest === '' ? '—' : `@${digest}`, width), 'muted')];
  const room = width - cellsOf(version.tag) - 1;
  if (digest !== '' && room >= digest.length) return [seg(version.tag), seg(` ${digest}`, 'muted')];
  return [seg(cutHead(version.tag, width))];
}

/** One cluster by name, several while they fit, else how many; what is not live is counted behind. */
function clusterCell(row: Row, cell: Cell, width: number, context: CellContext): Line {
  const ids = row.clusters;
  const faces = ids.flatMap((id) => context.faces.get(id) ?? []);
  const away = row.staleMembers > 0 && !row.stale ? [seg(` ◌${row.staleMembers}`, 'stale')] : [];
  const token: Token = row.stale ? 'stale' : 'text';
  if (faces.length === 0) return [seg(typeof cell === 'string' ? cutMiddle(cell, width) : '—', 'muted')];
  if (row.open !== null && faces.length > 1) return [seg(plural(faces.length, 'cluster'), 'muted'), ...away];
  const whole = faces.flatMap((face, i) => [...(i > 0 ? [seg(' ')] : []), ...clusterName(face, token)]);
  if (lineWidth(whole) + lineWidth(away) <= width) return [...whole, ...away];
  for (let n = faces.length - 1; n > 0; n--) {
    const some = faces.slice(0, n).flatMap((face) => [...clusterName(face, token), seg(' ')]);
    const line = [...some, seg(`+${faces.length - n}`, 'muted')];
    if (lineWidth(line) <= width) return line;
  }
  if (faces.length > 1) return [seg(cutEnd(plural(faces.length, 'cluster'), width), 'muted')];
  const [only] = faces;
  return only === undefined ? [] : clusterName({ ...only, name: cutMiddle(only.name, width - 1) }, token);
}

/** A cluster in the list of clusters: bold, with the mark of a protected one behind it. */
function fleetName(row: Row, width: number, context: CellContext): Line {
  const [id] = row.clusters;
  const face = id === undefined ? undefined : context.faces.get(id);
  if (face === undefined) return [bold(cutMiddle(row.name, width))];
  const guard = face.protected ? [seg(' ◆', 'protected')] : [];
  const name = cutMiddle(face.name, width - 1 - lineWidth(guard));
  return [...clusterName({ ...face, name }, row.stale ? 'stale' : 'title', attr.bold), ...guard];
}

function cut(text: string, width: number, column: Column): string {
  const how = column.cut ?? (column.type === 'name' ? 'middle' : 'end');
  if (how === 'middle') return cutMiddle(text, width);
  if (how === 'head') return cutHead(text, width);
  return cutEnd(text, width);
}

const attributesOf = (row: Row, column: Column): number =>
  column.type === 'name' && row.depth === 0 ? attr.bold : attr.none;

const toneToken: Readonly<Record<Tone, Token>> = {
  text: 'text',
  muted: 'muted',
  ok: 'ok',
  warn: 'warn',
  fail: 'fail',
  busy: 'busy',
  stale: 'stale',
  accent: 'accent',
};

/** What a health's word and glyph are drawn in. */
export const healthToken: Readonly<Record<Health, Token>> = {
  ok: 'ok',
  busy: 'busy',
  warn: 'warn',
  fail: 'fail',
  info: 'muted',
  unknown: 'muted',
  none: 'text',
};

const isTrouble = (health: Health): boolean => health === 'fail' || health === 'warn';

function tokenOf(row: Row, column: Column, cell: Exclude<Cell, null>): Token {
  if (row.stale) return 'stale';
  if (column.type === 'name') return row.depth === 0 ? 'title' : 'text';
  if (typeof cell === 'object' && 'tone' in cell) return toneToken[cell.tone];
  if (column.type === 'age' || column.type === 'time') return 'muted';
  if (typeof cell === 'object' && 'n' in cell)
    return cell.n < cell.of && isTrouble(row.health) ? healthToken[row.health] : cell.of === 0 ? 'muted' : 'text';
  if (typeof cell === 'number') return cell === 0 ? 'muted' : restartsToken(row, column);
  return quiet.has(column.id) ? 'muted' : 'text';
}

const restartsToken = (row: Row, column: Column): Token =>
  /^(restarts|rst)$/.test(column.id) && isTrouble(row.health) ? healthToken[row.health] : 'text';

/** Columns that say where and whose a thing is: context, not state. */
const quiet: ReadonlySet<string> = new Set(['namespace', 'kind', 'node', 'owner', 'ip', 'role', 'identity']);

/** The problem's word: in the colour of its severity, bold when it is broken. */
export const problemWord = (row: Row, text: string): Line =>
  row.stale
    ? [seg(text, 'stale')]
    : row.health === 'fail'
      ? [bold(text, 'fail')]
      : [seg(text, row.health === 'warn' ? 'warn' : 'text')];
