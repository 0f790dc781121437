// How wide text is on a terminal, and cutting it to fit. Wide characters count two cells and are never halved.
import stringWidth from 'string-width';

const ascii = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Columns that a sanitised text takes. */
export const widthOf = (text: string): number => (ascii.test(text) ? text.length : stringWidth(text));

/** The longest beginning that fits into `width` columns. */
export function takeStart(text: string, width: number): string {
  if (ascii.test(text)) return text.slice(0, Math.max(0, width));
  let used = 0;
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

/** The longest end that fits into `width` columns. */
export function takeEnd(text: string, width: number): string {
  if (width <= 0) return '';
  if (ascii.test(text)) return text.slice(-width);
  const parts = [...graphemes.segment(text)].map((s) => s.segment);
  let used = 0;
  let from = parts.length;
  while (from > 0) {
    used += stringWidth(parts[from - 1] ?? '');
    if (used > width) break;
    from--;
  }
  return parts.slice(from).join('');
}

/** Cuts at the end: prose and log lines. `mark` stands for what is missing; one column wide. */
export const cutEnd = (text: string, width: number, mark = '…'): string =>
  widthOf(text) <= width ? text : width < 1 ? '' : takeStart(text, width - 1) + mark;

/** Cuts at the head: images and paths, whose end tells them apart. */
export const cutHead = (text: string, width: number, mark = '…'): string =>
  widthOf(text) <= width ? text : width < 1 ? '' : mark + takeEnd(text, width - 1);

/** Cuts in the middle: names, whose suffix tells pods apart. The end keeps half, but at least what a pod's hash needs. */
export function cutMiddle(text: string, width: number, mark = '…'): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '';
  const end = Math.max(Math.floor((width - 1) / 2), Math.min(5, Math.floor((width - 1) * 0.6)));
  return takeStart(text, width - 1 - end) + mark + takeEnd(text, end);
}

/** Fills with spaces to `width` columns; text that is wider is left as it is. */
export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));
export const padStart = (text: string, width: number): string => ' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** Lines of whole words that fit; a word that is wider than all of it stands alone. */
export function wrapWords(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && widthOf(last) + 1 + widthOf(word) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
