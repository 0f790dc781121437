// The modes that a full-screen program sets, and what puts a terminal back in order, byte for byte.

const ALTERNATE_ON = '\x1b[?1049h';
const ALTERNATE_OFF = '\x1b[?1049l';
const CURSOR_ON = '\x1b[?25h';
const CURSOR_OFF = '\x1b[?25l';
const PASTE_ON = '\x1b[?2004h';
const PASTE_OFF = '\x1b[?2004l';
// Without wrap a glyph that the terminal draws wider than we think stays in its row.
const WRAP_ON = '\x1b[?7h';
const WRAP_OFF = '\x1b[?7l';
const SYNC_OFF = '\x1b[?2026l';
const KITTY_ON = '\x1b[>1u';
const KITTY_OFF = '\x1b[<u';

/** Takes the screen. */
export const enterBytes = (hasKitty: boolean): string =>
  ALTERNATE_ON + CURSOR_OFF + PASTE_ON + WRAP_OFF + (hasKitty ? KITTY_ON : '');

/** Kitty's keyboard protocol, as soon as the terminal is known to speak it: Esc then needs no waiting. */
export const kittyBytes = KITTY_ON;

/** Gives the screen back. It may follow a frame that was cut anywhere. */
export const leaveBytes = (hasKitty: boolean): string =>
  `${SYNC_OFF}\x1b[r\x1b[m${hasKitty ? KITTY_OFF : ''}${PASTE_OFF}${WRAP_ON}${CURSOR_ON}${ALTERNATE_OFF}`;

/** Undoes what a child may have left: mouse, focus, its alternate screen, keypad, charset, link, colours, region. */
export const resetBytes =
  '\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?1049l\x1b>\x0f\x1b(B\x1b]8;;\x1b\\\x1b[r\x1b[m';
