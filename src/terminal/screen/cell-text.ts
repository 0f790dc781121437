// Text to cells: which code units can be drawn one by one, and how long and wide the next grapheme cluster is. ASCII,
// box drawing and CJK are decided by one table look-up; only the rest pays for the segmenter.
import stringWidth from 'string-width';

/** A cluster longer than this is cut: a thousand combining marks must not ride on one cell. */
const LONGEST_CLUSTER = 32;

const UNKNOWN = 0;
const NARROW = 1;
const WIDE = 2;
const DROPPED = 3;
const CLUSTER = 4;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const classes = new Uint8Array(0x10000);

// Line and paragraph separators have a width in some tables, but a row must stay one row.
const dropped = /^[\p{Cc}\p{Zl}\p{Zp}]$/u;
/** One character, perhaps with accents above or below: all terminals agree on those. */
const oneBase = /^.\p{Mn}*$/u;
const emoji = /\p{Extended_Pictographic}|\p{Emoji_Presentation}/u;

// Hangul jamo compose with their neighbours although none of them is an extender by itself.
const isJamo = (unit: number): boolean =>
  (unit >= 0x1100 && unit <= 0x11ff) || (unit >= 0xa960 && unit <= 0xa97c) || (unit >= 0xd7b0 && unit <= 0xd7fb);

const segmentCount = (text: string): number => [...segmenter.segment(text)].length;

function classify(unit: number): number {
  if (unit >= 0xd800 && unit <= 0xdfff) return CLUSTER;
  const char = String.fromCharCode(unit);
  if (dropped.test(char)) return DROPPED;
  if (isJamo(unit) || segmentCount(`a${char}`) !== 2 || segmentCount(`${char}a`) !== 2) return CLUSTER;
  const width = stringWidth(char);
  return width === 2 ? WIDE : width === 1 ? NARROW : CLUSTER;
}

function classOf(unit: number): number {
  const known = classes[unit] ?? CLUSTER;
  if (known !== UNKNOWN) return known;
  const found = classify(unit);
  classes[unit] = found;
  return found;
}

/** One step through a text: `length` code units that take `columns` cells (0: nothing is drawn). */
export type TextStep = { length: number; columns: number; cluster: string | null };

/**
 * Looks at the text from `at` on and writes what comes next into `step`. `cluster` is null when the step is the single
 * code unit at `at`. Controls and lone formatting characters take no columns; a lone surrogate becomes U+FFFD.
 */
export function nextStep(text: string, at: number, step: TextStep): void {
  const kind = classOf(text.charCodeAt(at));
  step.length = 1;
  step.cluster = null;
  if (kind === DROPPED) {
    step.columns = 0;
    return;
  }
  if (kind !== CLUSTER) {
    const following = at + 1 < text.length ? classOf(text.charCodeAt(at + 1)) : NARROW;
    if (following !== CLUSTER) {
      step.columns = kind;
      return;
    }
  }
  const segment = segmenter.segment(text.slice(at, at + 256)).containing(0)?.segment ?? '';
  step.length = Math.max(1, segment.length);
  const shown = segment.slice(0, LONGEST_CLUSTER).toWellFormed();
  step.columns = shown === '\r\n' ? 0 : Math.min(2, clusterColumns(shown));
  step.cluster = shown;
}

const clusterWidths = new Map<string, number>();

function clusterColumns(cluster: string): number {
  let columns = clusterWidths.get(cluster);
  if (columns === undefined) {
    columns = stringWidth(cluster);
    if (clusterWidths.size > 20_000) clusterWidths.clear();
    clusterWidths.set(cluster, columns);
  }
  return columns;
}

const doubtful = new Map<string, boolean>();

/**
 * True for what terminals give different widths (emoji, joined clusters): the cursor is placed anew behind it, so that a
 * disagreement stays inside its own cells.
 */
export function isDoubtful(char: string): boolean {
  let answer = doubtful.get(char);
  if (answer === undefined) {
    answer = emoji.test(char) || !oneBase.test(char);
    if (doubtful.size > 20_000) doubtful.clear();
    doubtful.set(char, answer);
  }
  return answer;
}
