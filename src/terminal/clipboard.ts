// Copying through the terminal (OSC 52), which works over SSH. Write only, on a copy key, never from data.

/** More than this is cut or refused by terminals: 100,000 bytes of sequence, as base64. */
export const LONGEST_COPY = 74_994;

export type CopyBytes =
  | { readonly outcome: 'copy'; readonly bytes: string }
  | { readonly outcome: 'too-long'; readonly length: number };

/** The sequence that puts `text` on the clipboard; inside tmux it is passed through to the terminal around it. */
export function copyBytes(text: string, multiplexer: 'tmux' | 'screen' | null): CopyBytes {
  const raw = Buffer.from(text.toWellFormed(), 'utf8');
  if (raw.length > LONGEST_COPY) return { outcome: 'too-long', length: raw.length };
  const sequence = `\x1b]52;c;${raw.toString('base64')}\x07`;
  if (multiplexer !== 'tmux') return { outcome: 'copy', bytes: sequence };
  return { outcome: 'copy', bytes: `\x1bPtmux;${sequence.replaceAll('\x1b', '\x1b\x1b')}\x1b\\` };
}
