// Styles as small numbers: views intern a colour and attribute set once and cells carry the number. What a style looks
// like in bytes depends on the terminal's colour depth and is decided in sgr.ts, when a frame is written.
import type { AnsiColour, Colour, Style, StyleSpec } from './canvas-contract.ts';

/** A colour in every form it can be written in. `ansi` is 0–15, or -1 for the terminal's default. */
export type CellColour = {
  readonly rgb: string | null;
  readonly index256: number | null;
  readonly ansi: number;
};

export type CellStyle = { readonly fg: CellColour | null; readonly bg: CellColour | null; readonly attributes: number };

export const BOLD = 1;
export const DIM = 2;
export const ITALIC = 4;
export const UNDERLINE = 8;
export const REVERSE = 16;
export const STRIKE = 32;

/** The terminal's own colours, no attribute. */
export const plain = 0 as Style;

const ansiNames: readonly AnsiColour[] = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
];

// One table for the process: a style is a value, so interning the same one twice must give the same number on every
// screen. Cells hold 16 bits; when hostile log colours fill the table, further ones fall back to their 16-colour form.
const styles: CellStyle[] = [{ fg: null, bg: null, attributes: 0 }];
const numbers = new Map<string, number>([['||0', 0]]);
const HIGHEST = 0xffff;
const CROWDED = 0xf000;

const colourKey = (colour: CellColour | null): string =>
  colour === null ? '' : `${colour.rgb ?? ''}/${colour.index256 ?? ''}/${colour.ansi}`;

const coarse = (colour: CellColour | null): CellColour | null =>
  colour === null ? null : { rgb: null, index256: null, ansi: colour.ansi };

/** Interns a style that is already in cell form. */
export function internStyle(fg: CellColour | null, bg: CellColour | null, attributes: number): Style {
  const key = `${colourKey(fg)}|${colourKey(bg)}|${attributes}`;
  const known = numbers.get(key);
  if (known !== undefined) return known as Style;
  if (styles.length > HIGHEST) return plain;
  if (styles.length > CROWDED && (fg?.rgb != null || bg?.rgb != null || fg?.index256 != null || bg?.index256 != null)) {
    return internStyle(coarse(fg), coarse(bg), attributes);
  }
  const number = styles.length;
  styles.push({ fg, bg, attributes });
  numbers.set(key, number);
  return number as Style;
}

/** What a style number stands for; an unknown number is the default style. */
export const styleOf = (style: number): CellStyle => styles[style] ?? { fg: null, bg: null, attributes: 0 };

const rgbOfHex = (hex: string): string | null => {
  const match = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  return match === null
    ? null
    : match
        .slice(1, 4)
        .map((part) => String(Number.parseInt(part, 16)))
        .join(';');
};

const cellColours = new WeakMap<Colour, CellColour>();

function cellColour(colour: Colour | null | undefined): CellColour | null {
  if (colour == null) return null;
  let cell = cellColours.get(colour);
  if (cell === undefined) {
    cell = { rgb: rgbOfHex(colour.hex), index256: colour.index256, ansi: ansiNames.indexOf(colour.ansi) };
    cellColours.set(colour, cell);
  }
  return cell;
}

/**
 * The number of a style. Cheap, but meant to be called where a theme is made, not per cell.
 * @example const failed = style({ fg: theme.fail, bold: true });
 */
export function style(spec: StyleSpec): Style {
  let attributes = 0;
  if (spec.bold) attributes |= BOLD;
  if (spec.dim) attributes |= DIM;
  if (spec.italic) attributes |= ITALIC;
  if (spec.underline) attributes |= UNDERLINE;
  if (spec.reverse) attributes |= REVERSE;
  return internStyle(cellColour(spec.fg), cellColour(spec.bg), attributes);
}

const blanks: number[] = [];

/**
 * The style of a space that looks the same: without text only the ground shows, and what draws lines over it. Spaces are
 * kept in this style, so that one whose text colour alone changed is not sent again.
 */
export function blankStyle(of: number): number {
  const known = blanks[of];
  if (known !== undefined) return known;
  const { fg, bg, attributes } = styleOf(of);
  const lines = attributes & (UNDERLINE | REVERSE | STRIKE);
  const made = internStyle(lines === 0 ? null : fg, bg, lines);
  blanks[of] = made;
  return made;
}
