// Making the lines of a description: every text is sanitised here.
import { cell } from '../../core/sanitise.ts';
import type { DocumentLine } from '../../protocol/messages.ts';

type Tone = DocumentLine['tone'];

/** A line of a description; `indent` is the depth that folds. */
export const line = (indent: number, key: string, value: string, tone: Tone = 'text'): DocumentLine => ({
  indent,
  key: cell(key),
  text: cell(value),
  tone,
});

/** A heading below which lines of greater indent belong. */
export const heading = (words: string): DocumentLine => line(0, words, '', 'title');
