// The screen on the real terminal of this process.
import type { Clock } from '../../platform/clock.ts';
import type { ColourDepth } from '../sgr.ts';
import { cellScreen, type Screen, type ScreenSize } from './screen.ts';
import { descriptorSink, openTerminalAgain, streamSink } from './tty-sink.ts';

/** Size as the terminal reports it; 80x24 when it does not. */
export const sizeOf = (stream: { readonly columns?: number; readonly rows?: number }): ScreenSize => ({
  columns: stream.columns || 80,
  rows: stream.rows || 24,
});

export type TerminalStream = NodeJS.WriteStream & { readonly fd: number };

/** A screen on `stdout`, which must be a terminal. It writes frames only; modes are the terminal's (terminal.ts). */
export function ttyScreen(options: {
  readonly clock: Clock;
  readonly depth: ColourDepth;
  readonly erasesInGround: boolean;
  readonly stdout: TerminalStream;
}): Screen {
  const { clock, depth, erasesInGround, stdout } = options;
  const again = openTerminalAgain(stdout.fd);
  const sink = again === null ? streamSink(stdout) : descriptorSink(again);
  return cellScreen({ clock, depth, erasesInGround, sink, size: sizeOf(stdout) });
}
