// The palettes: every colour that a view may use, by meaning, in three themes and three depths. Nothing else in the
// views names a colour; the contrast of each pair is checked by theme.test.ts.
import type { AnsiColour, Colour } from '../../src/terminal/canvas-contract.ts';

/** What a colour means. Views name these and nothing else. */
export type Token =
  | 'bg'
  | 'surface'
  | 'selection'
  | 'selectionBlur'
  | 'text'
  | 'title'
  | 'muted'
  | 'faint'
  | 'border'
  | 'accent'
  | 'ok'
  | 'warn'
  | 'fail'
  | 'busy'
  | 'stale'
  | 'protected'
  | 'demo'
  | 'ink'
  | 'chart1'
  | 'chart2'
  | 'chart3'
  | 'chart4';

export type ThemeName = 'dark' | 'light' | 'contrast';

type Pair = readonly [hex: string, index256: number];
type Entry = { readonly dark: Pair; readonly light: Pair; readonly contrast: Pair; readonly ansi: AnsiColour };

const entry = (dark: Pair, light: Pair, contrast: Pair, ansi: AnsiColour): Entry => ({ dark, light, contrast, ansi });

const entries: Readonly<Record<Token, Entry>> = {
  bg: entry(['#0f1419', 233], ['#fbfbf9', 231], ['#000000', 16], 'default'),
  surface: entry(['#192029', 234], ['#eff2f4', 255], ['#1c1c1c', 234], 'default'),
  selection: entry(['#1d3044', 17], ['#dbe9f9', 195], ['#0a3a6b', 17], 'default'),
  selectionBlur: entry(['#1c2530', 235], ['#e6eaee', 254], ['#2a2a2a', 235], 'default'),
  text: entry(['#d6dce4', 253], ['#202832', 235], ['#ffffff', 231], 'default'),
  title: entry(['#f2f5f8', 255], ['#0c1218', 233], ['#ffffff', 231], 'default'),
  muted: entry(['#94a0ae', 247], ['#55606c', 241], ['#d2d6da', 188], 'default'),
  faint: entry(['#6b7683', 243], ['#79838e', 244], ['#a6acb3', 248], 'brightBlack'),
  border: entry(['#626d79', 242], ['#7f8994', 245], ['#a6acb3', 248], 'brightBlack'),
  accent: entry(['#7fb8f5', 111], ['#0b5cad', 25], ['#8fd0ff', 117], 'blue'),
  ok: entry(['#67c6aa', 79], ['#03685b', 23], ['#52e0b8', 79], 'green'),
  warn: entry(['#f6cf6b', 221], ['#7f6300', 130], ['#ffe066', 221], 'yellow'),
  fail: entry(['#f26d6d', 203], ['#930038', 88], ['#ff8a85', 210], 'red'),
  busy: entry(['#6fb7ee', 75], ['#0a62a0', 25], ['#8fd0ff', 117], 'cyan'),
  stale: entry(['#a79bd6', 146], ['#6248a8', 55], ['#cbbcff', 183], 'magenta'),
  protected: entry(['#f29ac4', 218], ['#a0246c', 125], ['#ffadd6', 218], 'magenta'),
  demo: entry(['#c3dd62', 149], ['#4f6b00', 58], ['#d8f26e', 191], 'green'),
  ink: entry(['#0f1419', 233], ['#ffffff', 231], ['#000000', 16], 'black'),
  chart1: entry(['#7fb8f5', 111], ['#0b5cad', 25], ['#8fd0ff', 117], 'blue'),
  chart2: entry(['#d9a5e0', 182], ['#8f3f9a', 127], ['#f0b8f5', 219], 'magenta'),
  chart3: entry(['#7fcfd0', 116], ['#0b6c74', 23], ['#8ae6e6', 116], 'cyan'),
  chart4: entry(['#d3b98a', 180], ['#775a1c', 94], ['#ecd3a4', 223], 'yellow'),
};

/** A token's colour in a theme. */
export function colourOf(theme: ThemeName, token: Token): Colour {
  const [hex, index256] = entries[token][theme];
  return { hex, index256, ansi: entries[token].ansi };
}

const hueTable: Readonly<Record<ThemeName, { readonly hex: string; readonly index: string }>> = {
  dark: {
    hex: '6ea8e8 d58ad6 4dbfc8 b5b45a a593e8 d99a66 7dbb6c e08aa6 5b82c0 a86aa8 3c949c 8f8a48',
    index: '75 176 73 143 141 173 107 175 68 133 30 101',
  },
  light: {
    hex: '2f74c0 a64aa8 14808a 77741a 6c55c4 a8622a 3d7f34 b64a70 1d4b8a 743478 0c555c 4f4d10',
    index: '32 133 30 100 62 130 28 132 24 90 23 58',
  },
  contrast: {
    hex: '85c2ff f0a0f0 62dbe4 d6d570 c2b2ff ffb980 98dd86 ffa5c0 6f9fe6 b873c4 4aa9b2 a9a14a',
    index: '75 219 80 185 147 215 114 218 111 133 73 143',
  },
};

/** The twelve hues of clusters, for swatches only. */
export function huesOf(theme: ThemeName): readonly Colour[] {
  const indexes = hueTable[theme].index.split(' ');
  return hueTable[theme].hex
    .split(' ')
    .map((hex, i) => ({ hex: `#${hex}`, index256: Number(indexes[i]), ansi: 'default' as const }));
}
