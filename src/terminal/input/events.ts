// What comes from the terminal, as data: keys by name, pastes, mouse, focus, and the terminal's own replies, which are
// never keys.

/**
 * A key by its name: what is typed as is (`j`, `G`, `/`, `é`), else `enter esc tab backspace delete insert space up down
 * left right home end pgup pgdn f1`…`f12`, with `ctrl-`, `alt-`, `shift-` before it in this order (`ctrl-c`, `shift-tab`,
 * `alt-x`, `ctrl-alt-shift-up`). Shift is not named for characters: `G`, not `shift-g`.
 */
export type KeyName = string;

/** Where and when bytes arrived. */
type Arrival = {
  /** Number of the read it came in, counted from 1. */
  readonly chunk: number;
  /** Milliseconds, by the clock that the input was given. */
  readonly at: number;
};

export type KeyEvent = Arrival & {
  readonly type: 'key';
  readonly key: KeyName;
  /** The text to put into a field, or null for a key that types nothing. */
  readonly text: string | null;
  /** False when an earlier key came in the same read: type-ahead, from which no write is opened or confirmed. */
  readonly isFirst: boolean;
};

/** A bracketed paste. Never a key; `isCut` when its end never came or it was too long. */
export type PasteEvent = Arrival & { readonly type: 'paste'; readonly text: string; readonly isCut: boolean };

/** Cells are counted from 0. */
export type MouseEvent = Arrival & {
  readonly type: 'mouse';
  readonly action: 'press' | 'release' | 'move' | 'wheel-up' | 'wheel-down';
  readonly button: 'left' | 'middle' | 'right' | 'none';
  readonly column: number;
  readonly row: number;
};

export type FocusEvent = Arrival & { readonly type: 'focus'; readonly isFocused: boolean };

/** An answer to a query, or something of that form. */
export type Reply =
  | { readonly kind: 'cursor'; readonly row: number; readonly column: number }
  /** DECRQM: 0 unknown, 1 set, 2 reset, 3 always set, 4 always reset. */
  | { readonly kind: 'mode'; readonly mode: number; readonly value: number }
  | { readonly kind: 'attributes'; readonly parameters: string }
  | { readonly kind: 'status-ok' }
  | { readonly kind: 'kitty-flags'; readonly flags: number }
  | { readonly kind: 'osc'; readonly code: number; readonly text: string }
  | { readonly kind: 'other'; readonly form: string };

export type ReplyEvent = Arrival & { readonly type: 'reply'; readonly reply: Reply };

export type InputEvent = KeyEvent | PasteEvent | MouseEvent | FocusEvent | ReplyEvent;
