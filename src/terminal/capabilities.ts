// What the terminal can do: first from the environment, without a byte; then from its answers (probe.ts).
import type { Environment } from '../platform/environment.ts';
import type { ColourDepth } from './sgr.ts';

export type Rgb = { readonly red: number; readonly green: number; readonly blue: number };

export type Capabilities = {
  readonly depth: ColourDepth;
  /** The locale says UTF-8. */
  readonly isUtf8: boolean;
  /** Only ASCII glyphs are safe: no UTF-8, the Linux console, or `●` is two cells wide. */
  readonly needsAscii: boolean;
  /** TERM=dumb or none: no screen can be drawn. */
  readonly isDumb: boolean;
  readonly isSsh: boolean;
  readonly multiplexer: 'tmux' | 'screen' | null;
  /** The background as the terminal tells it; null when it does not. */
  readonly background: Rgb | null;
  /** From the background, else COLORFGBG; null when neither is known. */
  readonly isDark: boolean | null;
  /** Erasing gives the ground that is set (terminfo's `bce`); else the terminal's default. */
  readonly erasesInGround: boolean;
  /** DEC 2026 is known to the terminal. */
  readonly hasSynchronizedOutput: boolean;
  readonly hasKittyKeyboard: boolean;
};

const trueColourTerms = /-direct$|^(?:xterm-)?(?:kitty|ghostty|alacritty|foot|wezterm|contour|rio)\b/;
const monochromeTerms = /^(?:vt\d+|ansi-m|.*-mono|.*-m)$/;

/** Colours from NO_COLOR, COLORTERM and TERM; see no-color.org and terminfo's names. */
export function colourDepth(env: Environment): ColourDepth {
  const term = env['TERM'] ?? '';
  if ((env['NO_COLOR'] ?? '') !== '' || term === '' || term === 'dumb' || monochromeTerms.test(term)) return 'none';
  // GNU screen takes 24-bit colours apart wrongly, whatever the terminal around it says.
  const isScreen = term.startsWith('screen') && (env['TMUX'] ?? '') === '';
  const claims = env['COLORTERM'] ?? '';
  if (!isScreen && (claims === 'truecolor' || claims === '24bit' || trueColourTerms.test(term))) return 'true';
  if (!isScreen && (env['WT_SESSION'] ?? '') !== '') return 'true';
  return /256/.test(term) || claims !== '' ? '256' : '16';
}

/** The first of LC_ALL, LC_CTYPE and LANG that is set decides, as in POSIX. */
export function isUtf8Locale(env: Environment): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return /utf-?8/i.test(locale);
}

const erasingTerms =
  /^(?:xterm|tmux|alacritty|foot|kitty|ghostty|wezterm|contour|rio|st|stterm|rxvt|konsole|vte|gnome|iterm2?|linux|mintty|putty)\b/;

/**
 * By TERM, as terminfo tells it; tmux erases in the ground under any name. GNU screen does so only where it was told to
 * (`defbce on`), which nobody can ask it.
 */
function erasesInGround(env: Environment): boolean {
  if ((env['TMUX'] ?? '') !== '') return true;
  return (env['STY'] ?? '') === '' && erasingTerms.test(env['TERM'] ?? '');
}

const darkIndexes = new Set(['0', '1', '2', '3', '4', '5', '6', '8']);

/** COLORFGBG as rxvt and Konsole set it: `15;0`, `15;default;0`. */
function darkByEnvironment(env: Environment): boolean | null {
  const ground = (env['COLORFGBG'] ?? '').split(';').at(-1) ?? '';
  return /^\d+$/.test(ground) ? darkIndexes.has(ground) : null;
}

/** What can be known without asking the terminal. */
export function environmentCapabilities(env: Environment): Capabilities {
  const term = env['TERM'] ?? '';
  const isUtf8 = isUtf8Locale(env);
  const isTmux = (env['TMUX'] ?? '') !== '' || term.startsWith('tmux');
  return {
    depth: colourDepth(env),
    isUtf8,
    needsAscii: !isUtf8 || term === 'linux',
    isDumb: term === '' || term === 'dumb',
    isSsh: Boolean(env['SSH_TTY'] || env['SSH_CONNECTION']),
    multiplexer: isTmux ? 'tmux' : term.startsWith('screen') || (env['STY'] ?? '') !== '' ? 'screen' : null,
    background: null,
    isDark: darkByEnvironment(env),
    erasesInGround: erasesInGround(env),
    hasSynchronizedOutput: false,
    hasKittyKeyboard: false,
  };
}

/** `rgb:1e1e/1e1e/2e2e`, with one to four hex digits a part, as xterm answers OSC 11. */
export function parseRgb(text: string): Rgb | null {
  const match = /^rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})/i.exec(text);
  if (match === null) return null;
  const [red = 0, green = 0, blue = 0] = match.slice(1, 4).map((part) => {
    const largest = 16 ** part.length - 1;
    return Math.round((Number.parseInt(part, 16) / largest) * 255);
  });
  return { red, green, blue };
}

/** By relative luminance (ITU-R BT.709 weights). */
export const isDarkColour = ({ red, green, blue }: Rgb): boolean => 0.2126 * red + 0.7152 * green + 0.0722 * blue < 128;
