// What the flags of a command confirm.
import type { Confirmation } from '../../core/action.ts';
import type { Doing, WriteInvocation } from './doing.ts';

/** Null: the flags do not confirm this target. */
export function confirmationOf(
  { found, action }: Doing,
  { isYes, confirms, reason }: WriteInvocation,
): Confirmation | null {
  const { at } = action.view;
  if (at.phase !== 'asking') return null;
  const isNamed = confirms.includes(`${found.cluster}/${found.ref.name}`);
  if (at.needed.type === 'key') return isYes || isNamed ? { type: 'typed', text: '', reason } : null;
  return isNamed ? { type: 'typed', text: at.needed.text, reason } : null;
}
