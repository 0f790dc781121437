// Every sign the views draw, one cell each, and what stands for it where the font or the terminal has none.

export type Glyphs = {
  readonly ok: string;
  readonly busy: string;
  readonly warn: string;
  readonly fail: string;
  readonly stale: string;
  readonly parked: string;
  readonly unknown: string;
  readonly denied: string;
  readonly info: string;
  readonly protected: string;
  readonly cursor: string;
  readonly mark: string;
  readonly swatch: string;
  readonly child: string;
  readonly ruleHeavy: string;
  readonly ruleDouble: string;
  readonly rule: string;
  readonly separator: string;
  readonly moment: string;
  readonly gap: string;
  readonly becomes: string;
  readonly up: string;
  readonly down: string;
  readonly ascending: string;
  readonly descending: string;
  readonly differs: string;
  readonly times: string;
  readonly cut: string;
  readonly dash: string;
  readonly caret: string;
  readonly scrollbar: string;
  readonly more: string;
  readonly atLeast: string;
  /** Seven levels, low to high. */
  readonly levels: readonly string[];
  /** Where a rule meets separators, by weight: up, down, both. */
  readonly joint: {
    readonly light: readonly [string, string, string];
    readonly heavy: readonly [string, string, string];
  };
};

export const unicodeGlyphs: Glyphs = {
  ok: '●',
  busy: '◐',
  warn: '▲',
  fail: '✕',
  stale: '◌',
  parked: '○',
  unknown: '?',
  denied: '–',
  info: '·',
  protected: '◆',
  cursor: '▌',
  mark: '•',
  swatch: '■',
  child: '└',
  ruleHeavy: '━',
  ruleDouble: '═',
  rule: '─',
  separator: '│',
  moment: '┊',
  gap: '╌',
  becomes: '→',
  up: '↑',
  down: '↓',
  ascending: '▴',
  descending: '▾',
  differs: '≠',
  times: '×',
  cut: '…',
  dash: '—',
  caret: '▏',
  scrollbar: '┃',
  more: '›',
  atLeast: '≥',
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇'],
  joint: { light: ['┴', '┬', '┼'], heavy: ['┷', '┯', '┿'] },
};

export const asciiGlyphs: Glyphs = {
  ok: 'o',
  busy: '%',
  warn: '!',
  fail: 'X',
  stale: '~',
  parked: 'z',
  unknown: '?',
  denied: '-',
  info: '.',
  protected: '#',
  cursor: '>',
  mark: '*',
  swatch: ':',
  child: '`',
  ruleHeavy: '=',
  ruleDouble: '=',
  rule: '-',
  separator: '|',
  moment: ':',
  gap: '-',
  becomes: '>',
  up: '^',
  down: 'v',
  ascending: '^',
  descending: 'v',
  differs: '/',
  times: 'x',
  cut: '~',
  dash: '-',
  caret: '_',
  scrollbar: '|',
  more: '>',
  atLeast: '>',
  levels: ['_', '.', ',', '-', '=', '+', '*'],
  joint: { light: ['+', '+', '+'], heavy: ['+', '+', '+'] },
};

/** Text of ours (not of clusters) for a terminal that knows ASCII only: the signs are replaced, words stay. */
export function toAscii(text: string): string {
  let out = '';
  for (const char of text) out += replacements.get(char) ?? char;
  return out;
}

const replacements: ReadonlyMap<string, string> = new Map(
  (Object.keys(unicodeGlyphs) as (keyof Glyphs)[]).flatMap((key): [string, string][] => {
    const from = unicodeGlyphs[key];
    const to = asciiGlyphs[key];
    if (typeof from === 'string' && typeof to === 'string') return [[from, to]];
    if (key === 'levels') return unicodeGlyphs.levels.map((level, i) => [level, asciiGlyphs.levels[i] ?? '*']);
    return [];
  }),
);
