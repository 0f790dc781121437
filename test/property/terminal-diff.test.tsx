// The bytes of a frame, replayed in a terminal emulator, give exactly the cells that were meant: random edits with wide,
// combining and styled text, scrolls, blank tails and resizes, more than a thousand frames.
import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import type { Style } from '../../src/terminal/canvas-contract.ts';
import { isDoubtful } from '../../src/terminal/screen/cell-text.ts';
import { badPiece } from '../support/frame-check.ts';
import { frameBytes } from '../../src/terminal/screen/frame-diff.ts';
import { Grid, SPACE, TAIL } from '../../src/terminal/screen/grid.ts';
import { clipOf, gridCanvas } from '../../src/terminal/screen/grid-canvas.ts';
import { styleWriter } from '../../src/terminal/sgr.ts';
import { BOLD, DIM, ITALIC, REVERSE, style, styleOf, UNDERLINE } from '../../src/terminal/style.ts';

const random = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
};

const red = { hex: '#d75f5f', index256: 167, ansi: 'red' } as const;
const ground = { hex: '#303030', index256: 236, ansi: 'brightBlack' } as const;
const styles: readonly Style[] = [
  style({}),
  style({ fg: red }),
  style({ fg: red, bold: true }),
  style({ bg: ground }),
  style({ fg: red, bg: ground, underline: true }),
  style({ dim: true }),
  style({ bold: true, dim: true }),
  style({ reverse: true }),
  style({ italic: true, underline: true }),
];
const texts = [
  'pod-7f9',
  '日本語',
  'e\u0301a\u0308',
  '│─╭╮',
  '⣿⡇▁▇',
  'Running',
  '        ',
  'x',
  '한글',
  'ＡＢ',
  '    ',
  '● ◐ ▲ ✕ ◌',
  'क्षि',
  '😀👩‍💻',
  'a\u200bb\u202ec',
  '\x1b[2J\x07\r\n\t',
  '\ud800',
  '',
];

type Emulator = InstanceType<typeof xterm.Terminal>;
const send = (terminal: Emulator, bytes: string): Promise<void> => new Promise((done) => terminal.write(bytes, done));

/** The first cell in which the emulator differs from the grid, in words; null when they agree. */
function difference(grid: Grid, terminal: Emulator): string | null {
  for (let y = 0; y < grid.rows; y++) {
    const line = terminal.buffer.active.getLine(terminal.buffer.active.viewportY + y);
    for (let x = 0; x < grid.columns; x++) {
      const i = y * grid.columns + x;
      if (grid.chars[i] === TAIL) continue;
      const cell = line?.getCell(x);
      const shown = cell?.getChars() || ' ';
      const wanted = grid.charAt(i);
      // The emulator's tables split conjuncts; what is behind them must be right all the same.
      if (isDoubtful(wanted)) continue;
      if (shown !== wanted)
        return `row ${y} column ${x}: shows ${JSON.stringify(shown)}, not ${JSON.stringify(wanted)}`;
      const { fg, bg, attributes } = styleOf(grid.styles[i] ?? 0);
      const isBlank = wanted === ' ';
      const seen =
        (cell?.isBold() ? BOLD : 0) |
        (cell?.isDim() ? DIM : 0) |
        (cell?.isItalic() ? ITALIC : 0) |
        (cell?.isUnderline() ? UNDERLINE : 0) |
        (cell?.isInverse() ? REVERSE : 0);
      // A space shows its ground and lines over it, no text.
      const visible = isBlank ? UNDERLINE | REVERSE : -1;
      if ((seen & visible) !== (attributes & visible))
        return `row ${y} column ${x}: attributes ${seen}, not ${attributes}`;
      if (cell?.isBgDefault() !== (bg === null)) return `row ${y} column ${x}: the ground is wrong`;
      if (!isBlank && cell?.isFgDefault() !== (fg === null)) return `row ${y} column ${x}: the colour is wrong`;
    }
  }
  return null;
}

function edit(grid: Grid, pick: (below: number) => number): void {
  // Every frame is painted anew; keep most of what was there, as a real screen does.
  const chars = grid.shownChars.slice();
  const shown = grid.shownStyles.slice();
  grid.begin();
  grid.chars.set(chars);
  grid.styles.set(shown);
  const canvas = gridCanvas(grid, 0, 0, grid.columns, grid.rows, clipOf(grid));
  const move = pick(12);
  if (move === 0) {
    const top = pick(grid.rows - 4);
    const bottom = top + 3 + pick(grid.rows - top - 3);
    const by = 1 + pick(2);
    grid.chars.copyWithin(top * grid.columns, (top + by) * grid.columns, bottom * grid.columns);
    grid.styles.copyWithin(top * grid.columns, (top + by) * grid.columns, bottom * grid.columns);
    canvas.fill(0, bottom - by, grid.columns, by, styles[0] as Style);
    if (pick(2) === 0) canvas.scrolledUp(top, bottom, by);
  } else if (move === 1) {
    const by = 1 + pick(3);
    grid.chars.copyWithin(by * grid.columns, 0, (grid.rows - by) * grid.columns);
    grid.styles.copyWithin(by * grid.columns, 0, (grid.rows - by) * grid.columns);
  }
  for (let n = pick(7); n > 0; n--) {
    const y = pick(grid.rows);
    const look = styles[pick(styles.length)] as Style;
    if (pick(3) === 0) canvas.fill(pick(grid.columns), y, 1 + pick(grid.columns), 1 + pick(3), look);
    let x = pick(grid.columns + 6) - 6;
    for (let parts = pick(8); parts > 0; parts--) {
      const at = styles[pick(styles.length)] as Style;
      x += canvas.text(x, y, texts[pick(texts.length)] ?? '', at, pick(4) === 0 ? pick(9) : undefined);
    }
  }
}

/** What a terminal without `bce` shows: it erases in its default ground, whatever is set. */
const erasedInDefault = (bytes: string): string => bytes.replaceAll(/\x1b\[\d*[KX]/g, '\x1b7\x1b[m$&\x1b8');

describe('frames replayed in an emulator', () => {
  it.each([
    { seed: 1, erasesInGround: true },
    { seed: 2, erasesInGround: true },
    { seed: 3, erasesInGround: false },
    { seed: 4, erasesInGround: false },
  ])('are what was painted (seed $seed, erases in the ground: $erasesInGround)', async ({ seed, erasesInGround }) => {
    const pick = random(seed);
    const terminal = new xterm.Terminal({ cols: 80, rows: 20, allowProposedApi: true, scrollback: 0 });
    const grid = new Grid(80, 20);
    const writer = styleWriter('true');
    // As the real terminal is set: what is drawn too wide stays in its row.
    await send(terminal, '\x1b[?1049h\x1b[?7l');
    for (let frame = 0; frame < 600; frame++) {
      if (pick(100) === 0) {
        const [columns, rows] = [20 + pick(80), 8 + pick(20)];
        terminal.resize(columns, rows);
        grid.resize(columns, rows);
      }
      if (pick(100) === 0) grid.invalidate();
      edit(grid, pick);
      const bytes = frameBytes(grid, writer, { isSync: pick(2) === 0, erasesInGround });
      expect(badPiece(bytes)).toBeNull();
      await send(terminal, erasesInGround ? bytes : erasedInDefault(bytes));
      const wrong = difference(grid, terminal);
      if (wrong !== null) throw new Error(`frame ${frame}: ${wrong}\n${JSON.stringify(bytes)}`);
    }
    expect(frameBytes(grid, writer, { isSync: true, erasesInGround }), 'a frame without a change is empty').toBe('');
  });

  it('never leave half of a wide character', () => {
    const pick = random(9);
    const grid = new Grid(40, 10);
    for (let frame = 0; frame < 2000; frame++) {
      edit(grid, pick);
      frameBytes(grid, styleWriter('256'), { isSync: false, erasesInGround: true });
      for (let i = 0; i < grid.chars.length; i++) {
        if (grid.chars[i] !== TAIL) continue;
        const lead = grid.chars[i - 1] ?? SPACE;
        expect(i % 40).toBeGreaterThan(0);
        expect(lead).not.toBe(SPACE);
        expect(lead).not.toBe(TAIL);
      }
    }
  });
});
