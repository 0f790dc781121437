// The fall-back when Ink's render hook is gone: the frames that Ink writes as text are read into cells again, so that
// the diff, the gate and the checks still hold. Slower, but the same picture.
import type { Style } from '../canvas-contract.ts';
import type { Grid } from '../screen/grid.ts';
import { clipOf } from '../screen/grid-canvas.ts';
import { plain } from '../style.ts';
import { styledLine } from './styled-text.ts';

// What Ink's log-update puts before a frame: cursor visibility, erasing the old lines, home.
const prefix = /^(?:\x1b\[\?25[hl]|\x1b\[\?2026[hl]|\x1b\[2K|\x1b\[\d*[AGJ]|\x1b\[\d*(?:;\d+)?H)+/;

export type InkFrames = {
  /** Something Ink wrote; true when it was a frame. */
  take(text: string): boolean;
  paint(grid: Grid): void;
};

export function inkFrames(): InkFrames {
  let lines: readonly string[] = [];
  return {
    take(text) {
      const body = text.replace(prefix, '');
      if (body === '' || (body.startsWith('\x1b[?') && !body.includes('\n'))) return false;
      lines = body.split('\n');
      return true;
    },
    paint(grid) {
      let style: Style = plain;
      for (let y = 0; y < Math.min(lines.length, grid.rows); y++) {
        style = styledLine(grid, 0, y, lines[y] ?? '', clipOf(grid), style);
      }
    },
  };
}
