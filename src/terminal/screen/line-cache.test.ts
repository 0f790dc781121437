// Lines that were drawn before are copied, and only when they would be drawn the same.
import { describe, expect, it } from 'vitest';
import type { LineLook } from '../canvas-contract.ts';
import { plain, style } from '../style.ts';
import { Grid } from './grid.ts';
import { clipOf, gridCanvas } from './grid-canvas.ts';

const aLook = (): LineLook => ({ slot: -1 });

/** Draws a line through the memory; says whether `draw` was asked. */
function drawn(grid: Grid, look: LineLook, text: string, { x = 0, y = 0, width = 20 } = {}): boolean {
  const canvas = gridCanvas(grid, x, 0, width, 4, clipOf(grid));
  let wasAsked = false;
  canvas.line(y, width, look, () => {
    wasAsked = true;
    canvas.text(0, y, text, plain);
  });
  return wasAsked;
}

describe('a line that was drawn before', () => {
  it('is copied to where it stands now', () => {
    const grid = new Grid(30, 4);
    const look = aLook();
    expect(drawn(grid, look, '日本 pod')).toBe(true);
    grid.begin();
    expect(drawn(grid, look, 'not asked', { y: 2 })).toBe(false);
    expect(drawn(grid, look, 'not asked', { y: 3, x: 5 })).toBe(false);

    expect(grid.rowText(0)).toBe('');
    expect(grid.rowText(2)).toBe('日本 pod');
    expect(grid.rowText(3)).toBe('     日本 pod');
  });

  it('is drawn anew in another width, on another ground, on another size of the screen, and where it is clipped', () => {
    const grid = new Grid(30, 4);
    const look = aLook();
    drawn(grid, look, 'a');
    expect(drawn(grid, look, 'b', { width: 19 })).toBe(true);
    grid.fill(0, 0, 30, 4, style({ bg: { hex: '#111111', index256: 233, ansi: 'black' } }));
    expect(drawn(grid, look, 'c', { width: 19 })).toBe(true);
    expect(drawn(grid, look, 'd', { width: 19, x: 15 })).toBe(true);
    grid.resize(40, 4);
    expect(drawn(grid, look, 'e', { width: 19 })).toBe(true);
  });

  it('is forgotten after many others, never taken for one of them', () => {
    const grid = new Grid(30, 4);
    const first = aLook();
    drawn(grid, first, 'first');
    for (let n = 0; n < 300; n++) drawn(grid, aLook(), `line ${n}`);
    grid.begin();

    expect(drawn(grid, first, 'first')).toBe(true);
    expect(grid.rowText(0)).toBe('first');
  });
});
