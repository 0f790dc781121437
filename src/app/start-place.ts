// Where the screen opens: the scope and the deck that the command line names, and only where it names no scope the one
// that the last run left. What a person names is never widened or narrowed by what was remembered.
import type { Invocation } from '../cli/arguments.ts';
import type { Scope } from '../core/query.ts';
import { cell } from '../core/sanitise.ts';
import { parseScope } from '../core/scope.ts';
import type { Deck } from '../state/decks.ts';
import { scopeOfFlags } from './sources.ts';

/** Where somebody is in the screen, as far as it outlives a run. */
export type Place = { readonly scope: Scope; readonly deck: string };

export type Started =
  | { readonly ok: true; readonly value: Place }
  /** What is wrong with the command line. */
  | { readonly ok: false; readonly line: string };

/** `lastScope` is a line of the scope grammar; empty when nothing is remembered. */
export function startPlace(
  { flags, scope: words, deck }: Extract<Invocation, { command: 'screen' }>,
  lastScope: string,
  decks: readonly Deck[],
): Started {
  if (deck !== null && !decks.some((one) => one.id === deck))
    return {
      ok: false,
      line: `--deck ${cell(deck)} is not there: there are ${decks.map((one) => cell(one.id)).join(', ')}`,
    };
  const { scope, bad } = scopeOfFlags(flags, words);
  if (bad !== null) return { ok: false, line: bad };
  const isNamed = words !== '' || flags.clusters.length > 0 || flags.namespace !== null || flags.allNamespaces;
  return { ok: true, value: { scope: isNamed ? scope : parseScope(lastScope).scope, deck: deck ?? 'home' } };
}
