// What a view needs to draw cells: a clipped rectangle of the screen. Implemented by the screen's grid; views draw
// through it and never write a byte themselves.

/** An interned style: colours and attributes. 0 is the terminal's default. */
export type Style = number & { readonly style: unique symbol };

/** A colour by capability: true colour, 256-colour index, and one of the 16 SGR names. */
export type Colour = { readonly hex: string; readonly index256: number; readonly ansi: AnsiColour };

export type AnsiColour =
  | 'default'
  | 'black'
  | 'red'
  | 'green'
  | 'yellow'
  | 'blue'
  | 'magenta'
  | 'cyan'
  | 'white'
  | 'brightBlack'
  | 'brightRed'
  | 'brightGreen'
  | 'brightYellow'
  | 'brightBlue'
  | 'brightMagenta'
  | 'brightCyan'
  | 'brightWhite';

export type StyleSpec = {
  readonly fg?: Colour | null;
  readonly bg?: Colour | null;
  readonly bold?: boolean;
  readonly dim?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly reverse?: boolean;
};

/** Stands for how a line looks: another object as soon as anything about it would look different. `slot` is the canvas's. */
export type LineLook = { slot: number };

/** A rectangle that can be drawn into; coordinates are relative to it and clipped to it. */
export interface Canvas {
  readonly width: number;
  readonly height: number;
  /** Writes text without any escape (it is drawn as is, controls are dropped); returns the columns used. */
  text(x: number, y: number, text: string, style: Style, maxWidth?: number): number;
  /** Fills a rectangle with spaces in a style. */
  fill(x: number, y: number, width: number, height: number, style: Style): void;
  /**
   * Draws the first `width` columns of line `y` by `draw`, or copies what `draw` drew for the same `look`, wherever that was.
   */
  line(y: number, width: number, look: LineLook, draw: () => void): void;
  /** Full-width rows y0..y1 (exclusive) moved up by n since the last frame: lets the screen scroll instead of redraw. */
  scrolledUp(y0: number, y1: number, n: number): void;
}

/** Draws one pane. Must be pure; a throw is caught and shown as a broken pane. */
export type Paint = (canvas: Canvas) => void;
