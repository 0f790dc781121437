// Words with a time and a bar beside them: `stuck 3m`, `done 12:33`, `━━━─ 2/3 3m`. The time is a value of the cell, so
// that it goes on while the row does not change.
import { age, clock } from '../../src/core/format.ts';
import type { TonedText } from '../../src/core/row.ts';
import { cutEnd, widthOf } from '../../src/core/width.ts';
import type { Token } from '../theme/palette.ts';
import { type Line, lineWidth, seg } from './pen.ts';

const barCells = 4;
const minute = 60_000;

/** The words; a progress without words of its own is told in numbers. */
const wordsOf = ({ text, progress }: TonedText): string =>
  text === '' && progress !== undefined ? `${progress.n}/${progress.of}` : text;

/** The time behind the words; empty when there is none, or when what it counts down to has come. */
function timeOf({ since, until, at }: TonedText, now: number): string {
  if (since !== undefined) return age(now - since);
  // In whole minutes, rounded up: it is drawn once a minute and must not promise too early.
  if (until !== undefined && until > now) return `in ${Math.ceil((until - now) / minute)}m`;
  return at === undefined ? '' : clock(at, now);
}

/** All of it as plain text. */
export const tonedText = (cell: TonedText, now: number): string =>
  [wordsOf(cell), timeOf(cell, now)].filter((part) => part !== '').join(' ');

/** Cells that all of it takes, the bar included. */
export const tonedWidth = (cell: TonedText, now: number): number =>
  widthOf(tonedText(cell, now)) + (cell.progress === undefined ? 0 : barCells + 1);

/** The bar goes first when there is no room, then the time; words are only ever cut. */
export function tonedLine(
  cell: TonedText,
  token: Token,
  width: number,
  now: number,
  cut: (text: string, width: number) => string = cutEnd,
): Line {
  const words = wordsOf(cell);
  const time = timeOf(cell, now);
  const text: Line = [
    seg(words, token),
    ...(time === '' ? [] : [seg(` ${time}`, token === 'stale' ? token : 'muted')]),
  ];
  const whole: Line = [...barOf(cell, token), ...text];
  if (lineWidth(whole) <= width) return whole;
  return lineWidth(text) <= width ? text : [seg(cut(words, width), token)];
}

function barOf({ progress }: TonedText, token: Token): Line {
  if (progress === undefined || progress.of <= 0) return [];
  const full = Math.max(0, Math.min(barCells, Math.round((barCells * progress.n) / progress.of)));
  return [seg('━'.repeat(full), token), seg('─'.repeat(barCells - full), 'faint'), seg(' ')];
}
