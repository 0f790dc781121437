// A shell for the state that does nothing: nobody looks at the screen, and nothing is lent or copied.
import type { Ports } from '../../src/state/app.ts';

export const quietPorts: Ports = {
  copy: () => 'copied',
  lend: () => Promise.resolve({ code: 0 }),
  linesAtEnd: () => 10,
  framesShown: () => 0,
  framesBegun: () => 0,
  suspend: () => undefined,
  redraw: () => undefined,
  quit: () => undefined,
};
