// Mouse reports and the terminal's answers among the CSI sequences. Whatever has the form of an answer is one, even
// where an old terminal uses the same form for a key (shift-F3): a key that is missed is better than a reply that acts.
import type { MouseEvent, Reply } from './events.ts';

type Mouse = Pick<MouseEvent, 'action' | 'button' | 'column' | 'row'>;

const buttons = ['left', 'middle', 'right', 'none'] as const;

/** SGR (`CSI < b;x;y M`) and urxvt (`CSI b;x;y M`) mouse reports. */
export function mouseOf(parameters: string, final: string): Mouse | null {
  const match = final === 'M' || final === 'm' ? /^(<?)(\d+);(\d+);(\d+)$/.exec(parameters) : null;
  if (match === null) return null;
  const isSgr = match[1] === '<';
  const code = Number(match[2]) - (isSgr ? 0 : 32);
  const column = Number(match[3]) - 1;
  const row = Number(match[4]) - 1;
  if (code & 64) return { action: code & 1 ? 'wheel-down' : 'wheel-up', button: 'none', column, row };
  const button = buttons[code & 3] ?? 'none';
  if (code & 32) return { action: 'move', button, column, row };
  const isRelease = isSgr ? final === 'm' : button === 'none';
  return { action: isRelease ? 'release' : 'press', button, column, row };
}

/** A CSI sequence that answers a query, or null. */
export function replyOf(parameters: string, final: string): Reply | null {
  if (final === 'R') {
    const match = /^\??(\d+);(\d+)(?:;\d+)?$/.exec(parameters);
    return match === null
      ? { kind: 'other', form: `CSI ${parameters}R` }
      : { kind: 'cursor', row: Number(match[1]) - 1, column: Number(match[2]) - 1 };
  }
  if (final === 'n') return parameters === '0' ? { kind: 'status-ok' } : { kind: 'other', form: `CSI ${parameters}n` };
  if (final === 'c') return { kind: 'attributes', parameters };
  if (final === 'y') {
    const match = /^\??(\d+);(\d+)\$$/.exec(parameters);
    if (match !== null) return { kind: 'mode', mode: Number(match[1]), value: Number(match[2]) };
    return { kind: 'other', form: `CSI ${parameters}y` };
  }
  if (final === 't') return { kind: 'other', form: `CSI ${parameters}t` };
  if (final === 'u' && parameters.startsWith('?')) {
    return { kind: 'kitty-flags', flags: Number(parameters.slice(1)) || 0 };
  }
  // A private marker never belongs to a key.
  return /^[<=>?]/.test(parameters) ? { kind: 'other', form: `CSI ${parameters}${final}` } : null;
}
