// Text from clusters, credential plugins and files passes here once, where it enters. What could move the cursor, hide
// text, turn its direction or fake another name is shown as a visible token: never obeyed, never silently dropped.

/** Longest text of one cell, in UTF-16 units; longer text is cut with a mark. */
const cellLimit = 4096;
const marksInARow = 4;
const plain = /^[\x20-\x7e]*$/;
const forbidden = new RegExp(
  // Controls, format characters, unassigned ones, separators; fillers and joiners that draw nothing; variation selectors.
  String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0\u034f\u180b-\u180f\u{e0100}-\u{e01ef}]`,
  'gu',
);
const tooManyMarks = new RegExp(`(\\p{M}{${marksInARow}})\\p{M}+`, 'gu');
const pictograph = /\p{Extended_Pictographic}/u;

/** `^[` for a C0 control, `^?` for DEL, `<U+202E>` for the rest. */
function token(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`;
  if (code === 0x7f) return '^?';
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`;
}

function show(text: string): string {
  return text
    .toWellFormed()
    .replace(forbidden, (char, at: number, whole: string) => {
      // A joiner between two pictographs makes one emoji of them: the only format character that stays.
      if (char === '\u200d' && joinsPictographs(whole, at)) return char;
      return token(char);
    })
    .replace(tooManyMarks, '$1');
}

function joinsPictographs(whole: string, at: number): boolean {
  // Before a joiner may stand a variation selector or a skin tone.
  const before = Array.from(whole.slice(Math.max(0, at - 4), at))
    .filter((c) => c !== '\ufe0f' && !/\p{Emoji_Modifier}/u.test(c))
    .pop();
  const after = whole.codePointAt(at + 1);
  return (
    before !== undefined &&
    after !== undefined &&
    pictograph.test(before) &&
    pictograph.test(String.fromCodePoint(after))
  );
}

/** One line for a cell: a line feed is shown as `↵`, a tab as a space, and 4,096 units are the most. */
export function cell(raw: string): string {
  const short = raw.length > cellLimit ? `${raw.slice(0, cellLimit)}…` : raw;
  if (plain.test(short)) return short;
  return show(short.replaceAll('\r\n', '↵').replaceAll('\n', '↵').replaceAll('\t', ' '));
}

/** Many lines: line feeds stay (CRLF is one), tabs become two spaces, everything else as in a cell. `limit` in UTF-16 units. */
export function block(raw: string, limit = 1 << 20): string {
  const short = raw.length > limit ? `${raw.slice(0, limit)}…` : raw;
  return short
    .replaceAll('\r\n', '\n')
    .split('\n')
    .map((line) => (plain.test(line) ? line : show(line.replaceAll('\t', '  '))))
    .join('\n');
}

const secrets: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, '$1 •••'],
  [/\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*/g, '•••'],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g, '•••'],
  [/\bgh[pousr]_\w{20,}/g, '•••'],
  [/\bxox[baprs]-[\w-]{10,}/g, '•••'],
  [/-----BEGIN [A-Z ]+-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g, '•••'],
  [
    /((?:pass(?:word|wd)?|secret|token|api[-_]?key|client[-_]?secret|refresh[-_]?token|id[-_]?token)["']?\s*[:=]\s*["']?)[^\s"',;&]+/gi,
    '$1•••',
  ],
  [/(\w+:\/\/)[^\s/@:]+(?::[^\s/@]*)?@/g, '$1•••@'],
];

/** Takes out what looks like a secret: for messages of plugins, errors and the debug log. Not for rows. */
export const redact = (text: string): string => secrets.reduce((t, [pattern, by]) => t.replace(pattern, by), text);
