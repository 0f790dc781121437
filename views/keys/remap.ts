// Remapped keys from the config: which action gets which keys, and what is wrong with the wishes.
import type { Binding } from './binding.ts';

export type Remapped = { readonly bindings: readonly Binding[]; readonly conflicts: readonly string[] };

/** Keys that must keep a way to leave the program and to give the terminal back. */
const fixed: ReadonlySet<string> = new Set(['ctrl-c', 'ctrl-z']);
/** Keys that a terminal, tmux or a shell owns. */
const foreign: ReadonlySet<string> = new Set('abdhijkmqsuw\\['.split('').map((letter) => `ctrl-${letter}`));
const keyForm = /^(?:(?:ctrl-)?(?:alt-)?(?:shift-)?(?:[a-z]{2,9}|f\d{1,2}|\S))$/u;

/**
 * Applies a config's `keys:` (action id to key or keys). A wish that cannot be met leaves the action as it was and is
 * told. Two actions on one key are told when they can be meant at the same place.
 */
export function remap(
  bindings: readonly Binding[],
  wishes: Readonly<Record<string, string | readonly string[]>>,
): Remapped {
  const conflicts: string[] = [];
  const byId = new Map(bindings.map((binding) => [binding.id, binding]));
  for (const [id, wish] of Object.entries(wishes)) {
    const binding = byId.get(id);
    const keys = typeof wish === 'string' ? [wish] : wish;
    const reason = binding === undefined ? 'there is no such action' : reasonAgainst(keys);
    if (reason !== undefined) conflicts.push(`keys.${id}: ${reason}`);
    else if (binding !== undefined) byId.set(id, { ...binding, keys });
  }
  const changed = bindings.map((binding) => byId.get(binding.id) ?? binding);
  return { bindings: changed, conflicts: [...conflicts, ...clashes(bindings, changed)] };
}

function reasonAgainst(keys: readonly string[]): string | undefined {
  for (const key of keys) {
    if (!keyForm.test(key)) return `${key} is no key: write j, G, space, f5, ctrl-g, alt-x, shift-tab`;
    if (fixed.has(key)) return `${key} stays what it is`;
    if (foreign.has(key)) return `${key} belongs to terminals and shells`;
  }
  return undefined;
}

/** Pairs on one key that were not on one key before: the table's own pairs are of different panes. */
function clashes(before: readonly Binding[], after: readonly Binding[]): readonly string[] {
  const were = pairs(before);
  return [...pairs(after)].filter(([pair]) => !were.has(pair)).map(([, text]) => text);
}

function pairs(bindings: readonly Binding[]): ReadonlyMap<string, string> {
  const out = new Map<string, string>();
  bindings.forEach((a, i) => {
    for (const b of bindings.slice(i + 1)) {
      const shared = a.keys.find((key) => b.keys.includes(key));
      if (shared !== undefined)
        out.set(
          `${a.id} ${b.id} ${shared}`,
          `keys: ${shared} is both ${a.id} and ${b.id}; the first is meant where both work`,
        );
    }
  });
  return out;
}
