// A theme ready to draw with: token and ground to an interned style, by what the terminal can show.
import type { Style, StyleSpec } from '../../src/terminal/canvas-contract.ts';
import { asciiGlyphs, type Glyphs, unicodeGlyphs } from './glyphs.ts';
import { colourOf, huesOf, type ThemeName, type Token } from './palette.ts';

/** What lies under the text. `bar` is the header and the footer, `surface` a sheet. */
export type Ground = 'none' | 'bar' | 'surface' | 'selection' | 'selectionBlur' | 'demo' | 'accent' | 'fail';

/** Attributes of text, to be added up. */
export const attr = { none: 0, bold: 1, underline: 2, reverse: 4 } as const;

export type ColourDepth = 'true' | '256' | '16' | 'none';

export type ThemeOptions = {
  readonly name: ThemeName;
  readonly paintsGround: boolean;
  readonly depth: ColourDepth;
  readonly ascii: boolean;
  readonly intern: (spec: StyleSpec) => Style;
};

export interface Theme {
  readonly name: ThemeName;
  readonly depth: ColourDepth;
  readonly glyphs: Glyphs;
  readonly isAscii: boolean;
  /** False with 16 colours and fewer: names stand alone then. */
  readonly hasSwatches: boolean;
  /** Panes fill their ground themselves: the terminal's own would not be readable. */
  readonly paintsGround: boolean;
  style(token: Token, ground?: Ground, attributes?: number): Style;
  /** Style of a cluster's swatch; `hue` 0–11. */
  swatch(hue: number, ground?: Ground): Style;
}

/** Builds a theme. Styles are interned once and then found by number: drawing allocates nothing. */
export function createTheme(options: ThemeOptions): Theme {
  const cache = new Map<string, Style>();
  const hues = huesOf(options.name);
  const remember = (key: string, make: () => StyleSpec): Style => {
    const found = cache.get(key);
    if (found !== undefined) return found;
    const made = options.intern(make());
    cache.set(key, made);
    return made;
  };
  return {
    name: options.name,
    depth: options.depth,
    glyphs: options.ascii ? asciiGlyphs : unicodeGlyphs,
    isAscii: options.ascii,
    paintsGround: options.paintsGround,
    hasSwatches: options.depth === 'true' || options.depth === '256',
    style: (token, ground = 'none', attributes = 0) =>
      remember(`${token}/${ground}/${attributes}`, () => specOf(options, token, ground, attributes)),
    swatch: (hue, ground = 'none') =>
      remember(`hue${hue}/${ground}`, () => ({
        ...specOf(options, 'text', ground, 0),
        fg: hues[((hue % 12) + 12) % 12] ?? null,
      })),
  };
}

function specOf(options: ThemeOptions, token: Token, ground: Ground, attributes: number): StyleSpec {
  const spec = {
    bold: (attributes & attr.bold) !== 0,
    underline: (attributes & attr.underline) !== 0,
    reverse: (attributes & attr.reverse) !== 0,
  };
  if (options.depth === 'none') return { ...spec, ...withoutColour(spec, ground) };
  if (options.depth === '16') return { ...spec, ...withSixteen(options, spec, token, ground) };
  // Faint is not text: on a selected row it would fall below what can be read.
  const shown = token === 'faint' && ground === 'selection' ? 'muted' : token;
  return { ...spec, fg: colourOf(options.name, shown), bg: groundColour(options, ground) };
}

function groundColour(options: ThemeOptions, ground: Ground) {
  if (ground === 'none') return options.paintsGround ? colourOf(options.name, 'bg') : null;
  return colourOf(options.name, ground === 'bar' ? 'surface' : ground);
}

type Attributes = { readonly bold: boolean; readonly underline: boolean; readonly reverse: boolean };

/** No colour at all: what lies under text is told by reverse and underline. */
function withoutColour(spec: Attributes, ground: Ground): StyleSpec {
  if (ground === 'none' || ground === 'surface') return {};
  if (ground === 'selectionBlur') return { underline: true };
  return { reverse: !spec.reverse };
}

function withSixteen(options: ThemeOptions, spec: Attributes, token: Token, ground: Ground): StyleSpec {
  const fg = colourOf(options.name, token);
  const isBold = spec.bold || token === 'title' || token === 'fail' || token === 'protected' || token === 'accent';
  if (ground === 'none' || ground === 'surface') return { fg, bold: isBold };
  if (ground === 'selectionBlur') return { fg, bold: isBold, underline: true };
  if (ground === 'demo') return { fg: colourOf(options.name, 'ink'), bg: colourOf(options.name, 'demo') };
  // A reversed row keeps the default colours: coloured blocks would say more than they mean; the glyphs tell the state.
  return { fg: null, bold: spec.bold, reverse: !spec.reverse };
}
