// Asks the person at the terminal; where there is none, nobody is asked.
import { createInterface } from 'node:readline/promises';
import { stderr, stdin } from 'node:process';
import type { Confirmation } from '../../core/action.ts';
import type { Output } from '../output.ts';
import type { Doing } from './doing.ts';

/** Null: not confirmed. Only `y`, or the text that is asked for, confirms. */
export async function askOnTerminal({ found, action }: Doing, output: Output): Promise<Confirmation | null> {
  const { at, plan } = action.view;
  if (at.phase !== 'asking' || plan === null || !stdin.isTTY || !stderr.isTTY) return null;
  await output.flush();
  const terminal = createInterface({ input: stdin, output: stderr });
  try {
    const what = `${plan.title} in ${found.cluster}`;
    if (at.needed.type === 'key') {
      const answer = await terminal.question(`${what}? y confirms: `);
      return answer.trim() === 'y' ? { type: 'key' } : null;
    }
    const text = (await terminal.question(`${what}? type ${at.needed.text} to confirm: `)).trim();
    if (text !== at.needed.text) return null;
    const reason = at.needed.reason ? (await terminal.question('reason: ')).trim() : '';
    return { type: 'typed', text, reason };
  } finally {
    terminal.close();
  }
}
