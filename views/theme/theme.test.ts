// The palette's promises: text can be read on every ground it stands on, and states can be told apart without colour.
import { expect, test } from 'vitest';
import type { Style, StyleSpec } from '../../src/terminal/canvas-contract.ts';
import { chooseTheme, contrast } from './contrast.ts';
import { asciiGlyphs, toAscii, unicodeGlyphs } from './glyphs.ts';
import { colourOf, huesOf, type ThemeName, type Token } from './palette.ts';
import { attr, createTheme } from './theme.ts';

const themes: readonly ThemeName[] = ['dark', 'light', 'contrast'];
const texts: readonly Token[] = [
  'text',
  'title',
  'muted',
  'accent',
  'ok',
  'warn',
  'fail',
  'busy',
  'stale',
  'protected',
];
const hex = (theme: ThemeName, token: Token): string => colourOf(theme, token).hex;

test.each(themes)('%s: text is at least 4.5 on the ground, on surfaces and on the selection', (theme) => {
  for (const ground of ['bg', 'surface', 'selection', 'selectionBlur'] as const)
    for (const token of texts) {
      const ratio = contrast(hex(theme, token), hex(theme, ground));
      expect(ratio, `${token} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
});

test.each(themes)('%s: rules and faint tracks are at least 3 on the ground, hues 3.5', (theme) => {
  expect(contrast(hex(theme, 'border'), hex(theme, 'bg'))).toBeGreaterThanOrEqual(3);
  expect(contrast(hex(theme, 'faint'), hex(theme, 'bg'))).toBeGreaterThanOrEqual(3);
  expect(contrast(hex(theme, 'ink'), hex(theme, 'demo'))).toBeGreaterThanOrEqual(4.5);
  expect(contrast(hex(theme, 'ink'), hex(theme, 'accent'))).toBeGreaterThanOrEqual(4.5);
  for (const hue of huesOf(theme)) expect(contrast(hue.hex, hex(theme, 'bg'))).toBeGreaterThanOrEqual(4.5);
});

test('auto follows the background of the terminal and paints its own ground when text would not be read', () => {
  expect(chooseTheme('auto', null)).toEqual({ name: 'dark', paintsGround: false });
  expect(chooseTheme('auto', '#0f1419')).toEqual({ name: 'dark', paintsGround: false });
  expect(chooseTheme('auto', '#ffffff')).toEqual({ name: 'light', paintsGround: false });
  expect(chooseTheme('auto', '#444a55')).toEqual({ name: 'dark', paintsGround: true });
  expect(chooseTheme('light', '#000000')).toEqual({ name: 'light', paintsGround: true });
  expect(chooseTheme('contrast', null)).toEqual({ name: 'contrast', paintsGround: true });
});

test('every glyph is one cell, and states differ in both sets', () => {
  for (const set of [unicodeGlyphs, asciiGlyphs]) {
    const states = [set.ok, set.busy, set.warn, set.fail, set.stale, set.parked, set.unknown, set.info];
    expect(new Set(states).size).toBe(states.length);
    for (const glyph of Object.values(set)) if (typeof glyph === 'string') expect([...glyph]).toHaveLength(1);
  }
  expect(Object.values(asciiGlyphs).flat(2).join('')).toMatch(/^[\x20-\x7e]|\[object/);
  expect(toAscii('● a → b …')).toBe('o a > b ~');
});

test('without colour the ground is told by reverse and underline', () => {
  const specs: StyleSpec[] = [];
  const intern = (spec: StyleSpec): Style => (specs.push(spec) - 1) as Style;
  const theme = createTheme({ name: 'dark', paintsGround: false, depth: 'none', ascii: false, intern });

  expect(specs[theme.style('fail', 'selection')]).toMatchObject({ reverse: true });
  expect(specs[theme.style('fail', 'selectionBlur')]).toMatchObject({ underline: true });
  expect(specs[theme.style('title', 'none', attr.bold)]).toMatchObject({ bold: true, reverse: false });
  for (const spec of specs) expect(spec.fg ?? spec.bg ?? null).toBeNull();
  expect(theme.hasSwatches).toBe(false);
  expect(theme.style('fail', 'selection')).toBe(theme.style('fail', 'selection'));
});
