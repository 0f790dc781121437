// Names of keys for the escape sequences that terminals send: xterm's legacy forms, rxvt's, modifyOtherKeys and Kitty's
// keyboard protocol. Pure look-ups; framing is the tokenizer's.
import type { KeyName } from './events.ts';

export type NamedKey = { readonly key: KeyName; readonly text: string | null };

const SHIFT = 1;
const ALT = 2;
const CTRL = 4;
// Super, hyper and meta; caps and num lock (64, 128) do not count.
const OTHER = 8 | 16 | 32;

const letters: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  S: 'f4',
  Z: 'shift-tab',
};

// Application mode (ESC O): also F3, whose CSI form is the form of a cursor report, and the keypad.
const applicationLetters: Readonly<Record<string, string>> = { ...letters, R: 'f3', M: 'enter', I: 'tab' };
const keypadText = 'jklmnopqrstuvwxy';
const keypad = '*+,-./0123456789';

const tildes: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pgup',
  6: 'pgdn',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

const named: Readonly<Record<number, string>> = {
  9: 'tab',
  13: 'enter',
  27: 'esc',
  32: 'space',
  127: 'backspace',
  8: 'backspace',
};

// Kitty's private-use numbers of the keypad that mean another key.
const kittyKeypad = '0 1 2 3 4 5 6 7 8 9 . / * - + enter = , left right up down pgup pgdn home end insert delete'.split(
  ' ',
);
const KITTY_KEYPAD = 57399;

const modifiersOf = (parameter: number): number => Math.max(0, parameter - 1);

function withModifiers(key: string, modifiers: number): KeyName {
  let name = '';
  if (modifiers & CTRL) name += 'ctrl-';
  if (modifiers & ALT) name += 'alt-';
  if (modifiers & SHIFT && !key.startsWith('shift-')) name += 'shift-';
  return name + key;
}

/** A typed character. */
export function characterKey(char: string): NamedKey {
  if (char === ' ') return { key: 'space', text: ' ' };
  return { key: char, text: char };
}

/** A C0 control or DEL; null for those that are no key. */
export function controlKey(code: number): NamedKey | null {
  const name = named[code];
  if (name !== undefined) return { key: name, text: null };
  if (code === 0) return { key: 'ctrl-space', text: null };
  if (code >= 1 && code <= 26) return { key: `ctrl-${String.fromCharCode(code + 96)}`, text: null };
  if (code >= 28 && code <= 31) return { key: `ctrl-${String.fromCharCode(code + 64)}`, text: null };
  return null;
}

/** The key that was pressed with Alt: ESC came before it. */
export const altKey = (key: NamedKey): NamedKey => ({
  key: key.key.startsWith('ctrl-') ? `ctrl-alt-${key.key.slice(5)}` : `alt-${key.key}`,
  text: null,
});

/** ESC O and a letter. */
export function applicationKey(final: string): NamedKey | null {
  const name = applicationLetters[final];
  if (name !== undefined) return { key: name, text: null };
  const index = keypadText.indexOf(final);
  return index >= 0 ? characterKey(keypad[index] ?? '0') : null;
}

// A key given as a code point with modifiers: `CSI 97;5u` or `CSI 27;5;97~`.
function codePointKey(code: number, shifted: number | null, modifiers: number): NamedKey | null {
  if (modifiers & OTHER) return null;
  if (code >= KITTY_KEYPAD && code < KITTY_KEYPAD + kittyKeypad.length) {
    const key = kittyKeypad[code - KITTY_KEYPAD] ?? '';
    if (key.length === 1 && (modifiers & ~SHIFT) === 0) return characterKey(key);
    return { key: withModifiers(key, modifiers), text: null };
  }
  // Other private-use numbers are keys without a meaning here: media keys, lone modifiers.
  if (code >= 0xe000 && code <= 0xf8ff) return null;
  const name = named[code];
  if (name === 'space' && (modifiers & ~SHIFT) === 0) return characterKey(' ');
  if (name !== undefined) return { key: withModifiers(name, modifiers), text: null };
  if (code < 32 || code > 0x10ffff || (code >= 0x7f && code < 0xa0)) return null;
  const char = String.fromCodePoint(code);
  if ((modifiers & (CTRL | ALT)) === 0) {
    if ((modifiers & SHIFT) === 0) return characterKey(char);
    return characterKey(shifted === null ? char.toUpperCase() : String.fromCodePoint(shifted));
  }
  return { key: withModifiers(char.toLowerCase(), modifiers | (char === char.toLowerCase() ? 0 : SHIFT)), text: null };
}

const RELEASE = 3;

/** A complete CSI sequence as a key; null when it is none (or only the release of one). */
export function csiKey(parameters: string, final: string): NamedKey | null {
  if (!/^[\d;:]*$/.test(parameters)) return null;
  const fields = parameters
    .split(';')
    .map((field) => field.split(':').map((part) => (part === '' ? null : Number(part))));
  const number = (field: number, part = 0): number | null => fields[field]?.[part] ?? null;
  if (number(1, 1) === RELEASE) return null;
  const modifiers = modifiersOf(number(1) ?? 1);
  if (final === 'u') return codePointKey(number(0) ?? 0, number(0, 1), modifiers);
  if (final === '~') {
    const code = number(0) ?? 0;
    if (code === 27 && fields.length === 3) return codePointKey(number(2) ?? 0, null, modifiers);
    const name = tildes[code];
    return name === undefined || modifiers & OTHER ? null : { key: withModifiers(name, modifiers), text: null };
  }
  const name = letters[final];
  return name === undefined || modifiers & OTHER ? null : { key: withModifiers(name, modifiers), text: null };
}

const rxvtShift: Readonly<Record<string, string>> = {
  a: 'shift-up',
  b: 'shift-down',
  c: 'shift-right',
  d: 'shift-left',
};

/** rxvt's own forms: `CSI a` for shift-up, `CSI 5 ^` for ctrl-pgup, `CSI 5 $` for shift-pgup. */
export function rxvtKey(parameters: string, final: string): NamedKey | null {
  if (parameters === '' && rxvtShift[final] !== undefined) return { key: rxvtShift[final], text: null };
  const name = final === '^' || final === '$' ? tildes[Number(parameters)] : undefined;
  return name === undefined ? null : { key: `${final === '^' ? 'ctrl' : 'shift'}-${name}`, text: null };
}
