// Makes docs/KEYS.md from the table of keys that the program runs: it cannot say anything else than what the keys do. Run
// by itself it writes the file.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Binding, keyLabel, type Section } from '../../views/keys/binding.ts';
import { defaultBindings } from '../../views/keys/table.ts';

const target = fileURLToPath(new URL('../../docs/KEYS.md', import.meta.url));

const sections: readonly Section[] = ['Move', 'Look', 'Understand', 'Change', 'In Logs', 'Copy', 'Clusters', 'Session'];

/** The whole page. */
export function keysPage(bindings: readonly Binding[] = defaultBindings): string {
  return [
    '# Keys',
    '',
    'Generated from `views/keys`; change it there. `?` shows the same in the program, with the reason beside a key that',
    'cannot be used now. Every key can be mapped anew in the config: `keys: { pane.zoom: ctrl-g }`, by the name in the last',
    'column; conflicts are told at the start. Ctrl-c and Ctrl-z stay what they are.',
    '',
    ...sections.flatMap((section) => table(section, bindings)),
    '## While something is typed',
    '',
    'In the filter, the scope, a search and the palette letters are text. Enter keeps it, Esc brings back what was before,',
    '←, →, Home, End, Backspace and Delete edit; Ctrl-u empties the line up to the caret and Ctrl-w takes a word back, as at a',
    "shell's prompt. In the palette Tab completes and ↑ ↓ choose. A paste is text and never a key.",
    '',
    '## What the palette understands',
    '',
    '`:po` · `:po shop` (namespace) · `:po @run-eu /cart` (cluster, filter) · `:deploy -A` · `:certificates.cert-manager.io` ·',
    '`:ctx run-us`, `:ns shop` (scope) · `:home`, `:workload` (decks) · `:actions` (what was done) · `:q`. Words of k9s are understood: `dp`, `no`, `ev`, `sec`.',
    '',
  ].join('\n');
}

function table(section: Section, bindings: readonly Binding[]): readonly string[] {
  const rows = bindings.filter((binding) => binding.section === section);
  if (rows.length === 0) return [];
  return [
    `## ${section}`,
    '',
    '| key | what it does | where | name |',
    '|---|---|---|---|',
    ...rows.map((b) => `| ${keysOf(b)} | ${b.title} | ${b.where} | \`${b.id}\` |`),
    '',
  ];
}

const keysOf = (binding: Binding): string =>
  binding.keys.length === 0
    ? 'in `x`'
    : binding.keys.map((key) => (key === '`' ? '`` ` ``' : `\`${keyLabel(key)}\``)).join(' ');

if (import.meta.main) writeFileSync(target, keysPage());
