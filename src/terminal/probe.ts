// Asking the terminal what it can do. All questions go out at once, the last one being one that every terminal answers:
// when its answer is there, the others are too, or never will be. Late answers still count.
import { type Capabilities, isDarkColour, parseRgb } from './capabilities.ts';
import type { Reply } from './input/events.ts';

/** How long the start waits for answers. */
export const PROBE_MS = 100;

const BACKGROUND = '\x1b]11;?\x1b\\';
const SYNC_MODE = '\x1b[?2026$p';
const KITTY = '\x1b[?u';
// The glyph is drawn at home and its end reported; the first frame clears it away.
const GLYPH_WIDTH = '\x1b[H●\x1b[6n';
const ATTRIBUTES = '\x1b[c';

/** The questions for a terminal; empty for one that answers none. The Linux console prints what it does not know. */
export function probeBytes(known: Capabilities, term: string): string {
  if (known.isDumb) return '';
  const asks = term === 'linux' || term.startsWith('vt') ? '' : BACKGROUND + SYNC_MODE + KITTY;
  return asks + (known.isUtf8 ? GLYPH_WIDTH : '') + ATTRIBUTES;
}

/** True for the answer that comes last. */
export const endsProbe = (reply: Reply): boolean => reply.kind === 'attributes';

/** What is known after a reply; the same object when it says nothing new. `glyphAsked`: a cursor report is the glyph's. */
export function learn(known: Capabilities, reply: Reply, glyphAsked: boolean): Capabilities {
  switch (reply.kind) {
    case 'osc': {
      const background = reply.code === 11 ? parseRgb(reply.text) : null;
      return background === null ? known : { ...known, background, isDark: isDarkColour(background) };
    }
    case 'mode':
      // 1 and 2: known and switchable. 0, 3 and 4 are unknown or fixed.
      return reply.mode === 2026 && (reply.value === 1 || reply.value === 2)
        ? { ...known, hasSynchronizedOutput: true }
        : known;
    case 'kitty-flags':
      return { ...known, hasKittyKeyboard: true };
    case 'cursor':
      return glyphAsked && reply.row === 0 && reply.column === 2 ? { ...known, needsAscii: true } : known;
    default:
      return known;
  }
}
