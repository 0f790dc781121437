// Styles to bytes and back: the shortest escape from one style to the next at a colour depth, and the reading of SGR in
// text that Ink's <Text> produced.
import type { Style } from './canvas-contract.ts';
import { BOLD, type CellColour, DIM, ITALIC, internStyle, REVERSE, STRIKE, styleOf, UNDERLINE } from './style.ts';

/** How many colours the terminal shows; `none` keeps bold, dim, italic, underline and reverse. */
export type ColourDepth = 'none' | '16' | '256' | 'true';

type Attribute = { readonly bit: number; readonly on: string; readonly off: string };

const attributes: readonly Attribute[] = [
  { bit: BOLD, on: '1', off: '22' },
  { bit: DIM, on: '2', off: '22' },
  { bit: ITALIC, on: '3', off: '23' },
  { bit: UNDERLINE, on: '4', off: '24' },
  { bit: REVERSE, on: '7', off: '27' },
  { bit: STRIKE, on: '9', off: '29' },
];

function colourCode(colour: CellColour | null, depth: ColourDepth, ground: 'fg' | 'bg'): string {
  const base = ground === 'fg' ? 30 : 40;
  if (colour === null || depth === 'none') return String(base + 9);
  if (depth === 'true' && colour.rgb !== null) return `${base + 8};2;${colour.rgb}`;
  if (depth !== '16' && colour.index256 !== null) return `${base + 8};5;${colour.index256}`;
  if (colour.ansi < 0) return String(base + 9);
  return String(colour.ansi < 8 ? base + colour.ansi : base + 52 + colour.ansi);
}

/** Writes style changes for one terminal. Transitions are remembered, so a change costs one map look-up. */
export type StyleWriter = {
  readonly depth: ColourDepth;
  /** Bytes that turn `from` into `to`; empty when they look the same. */
  transition(from: number, to: number): string;
};

export function styleWriter(depth: ColourDepth): StyleWriter {
  const known = new Map<number, string>();
  return {
    depth,
    transition(from, to) {
      if (from === to) return '';
      const key = from * 0x10000 + to;
      let bytes = known.get(key);
      if (bytes === undefined) {
        bytes = shortestTransition(from, to, depth);
        if (known.size > 20_000) known.clear();
        known.set(key, bytes);
      }
      return bytes;
    },
  };
}

function shortestTransition(from: number, to: number, depth: ColourDepth): string {
  const old = styleOf(from);
  const next = styleOf(to);
  const fgOld = colourCode(old.fg, depth, 'fg');
  const bgOld = colourCode(old.bg, depth, 'bg');
  const fg = colourCode(next.fg, depth, 'fg');
  const bg = colourCode(next.bg, depth, 'bg');
  const gone = old.attributes & ~next.attributes;
  let added = next.attributes & ~old.attributes;
  const step: string[] = [];
  const anew: string[] = [];
  // 22 ends bold and dim together: whichever of the two stays is switched on again.
  if (gone & (BOLD | DIM)) added |= next.attributes & (BOLD | DIM);
  for (const { bit, off } of attributes) if (gone & bit && !step.includes(off)) step.push(off);
  for (const { bit, on } of attributes) {
    if (added & bit) step.push(on);
    if (next.attributes & bit) anew.push(on);
  }
  if (fg !== fgOld) step.push(fg);
  if (bg !== bgOld) step.push(bg);
  if (fg !== '39') anew.push(fg);
  if (bg !== '49') anew.push(bg);
  if (step.length === 0) return '';
  const stepwise = `\x1b[${step.join(';')}m`;
  const reset = anew.length === 0 ? '\x1b[m' : `\x1b[0;${anew.join(';')}m`;
  return reset.length < stepwise.length ? reset : stepwise;
}

const ansiColour = (ansi: number): CellColour => ({ rgb: null, index256: null, ansi });

// The 16-colour neighbour of a colour, for terminals that have no more: by brightness and the strongest channels.
function nearestAnsi(red: number, green: number, blue: number): number {
  const brightest = Math.max(red, green, blue);
  if (brightest - Math.min(red, green, blue) < 32) {
    return brightest < 48 ? 0 : brightest < 128 ? 8 : brightest < 208 ? 7 : 15;
  }
  const half = brightest / 2;
  const hue = (red > half ? 1 : 0) | (green > half ? 2 : 0) | (blue > half ? 4 : 0);
  return brightest > 191 ? hue + 8 : hue;
}

const cubeStep = (level: number): number => (level < 48 ? 0 : level < 115 ? 1 : Math.floor((level - 35) / 40));
const cubeLevel = (step: number): number => (step === 0 ? 0 : 55 + step * 40);

function rgbColour(red: number, green: number, blue: number): CellColour {
  const grey = red === green && green === blue && red > 8 && red < 239;
  const index256 = grey
    ? 232 + Math.round((red - 8) / 10)
    : 16 + 36 * cubeStep(red) + 6 * cubeStep(green) + cubeStep(blue);
  return { rgb: `${red};${green};${blue}`, index256, ansi: nearestAnsi(red, green, blue) };
}

function indexedColour(index: number): CellColour {
  if (index < 16) return { rgb: null, index256: index, ansi: index };
  if (index >= 232) {
    const level = 8 + (index - 232) * 10;
    return { rgb: null, index256: index, ansi: nearestAnsi(level, level, level) };
  }
  const cube = index - 16;
  const [red, green, blue] = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map(cubeLevel);
  return { rgb: null, index256: index, ansi: nearestAnsi(red ?? 0, green ?? 0, blue ?? 0) };
}

const applied = new Map<string, Style>();

/** The style after `CSI parameters m`. Blink and conceal are ignored: no text may hide. */
export function applySgr(style: Style, parameters: string): Style {
  const key = `${style}:${parameters}`;
  let next = applied.get(key);
  if (next === undefined) {
    next = readSgr(style, parameters);
    if (applied.size > 20_000) applied.clear();
    applied.set(key, next);
  }
  return next;
}

function readSgr(style: Style, parameters: string): Style {
  let { fg, bg, attributes: set } = styleOf(style);
  const codes = parameters.split(/[;:]/).map((code) => Number(code) || 0);
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    const byte = (offset: number): number => Math.min(255, codes[at + offset] ?? 0);
    if (code === 0) {
      fg = null;
      bg = null;
      set = 0;
    } else if (code === 38 || code === 48) {
      const indexed = codes[at + 1] === 5;
      const colour = indexed ? indexedColour(byte(2)) : rgbColour(byte(2), byte(3), byte(4));
      if (code === 38) fg = colour;
      else bg = colour;
      at += indexed ? 2 : 4;
    } else if (code >= 30 && code <= 37) fg = ansiColour(code - 30);
    else if (code >= 90 && code <= 97) fg = ansiColour(code - 82);
    else if (code >= 40 && code <= 47) bg = ansiColour(code - 40);
    else if (code >= 100 && code <= 107) bg = ansiColour(code - 92);
    else if (code === 39) fg = null;
    else if (code === 49) bg = null;
    else {
      for (const { bit, on, off } of attributes) {
        if (code === Number(on)) set |= bit;
        else if (code === Number(off)) set &= ~bit;
      }
    }
  }
  return internStyle(fg, bg, set);
}
