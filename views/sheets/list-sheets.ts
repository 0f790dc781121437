// The sheets that are lists: keys of a pane, actions of a selection, columns of a table, identities of a cluster.
import { plural } from '../../src/core/format.ts';
import { type App, clusterById } from '../../src/state/app.ts';
import { listOf } from '../../src/state/lists.ts';
import { isClusterRef, objectText } from '../../src/state/targets.ts';
import type { Sheet } from '../../src/state/ui.ts';
import type { Content } from '../../src/state/view.ts';
import { type Binding, keyLabel, type Spot, spotOf } from '../keys/binding.ts';
import { bindingFor, bindingsAt } from '../keys/table.ts';
import { isWanted } from '../parts/columns.ts';
import { bold, clusterName, type Line, seg } from '../parts/pen.ts';
import { type Faces, facesOf } from '../parts/faces.ts';
import { titleOf } from '../table/table-model.ts';
import { attr } from '../theme/theme.ts';
import { typed } from './palette-model.ts';
import type { SheetEntry, SheetModel } from './sheet-model.ts';

const closeHint = { key: 'Esc', label: 'close' };
const clampTo = (chosen: number, entries: readonly SheetEntry[]): number =>
  Math.max(0, Math.min(chosen, entries.length - 1));

/** What keys act on, in words: `■run-eu shop/cart`. */
export function targetLine(spot: Spot): Line {
  const { ui, view } = spot;
  const faces = facesOf(ui.fleet);
  if (view.content.type === 'document') {
    const face = faces.get(view.content.ref.cluster);
    return [...(face === undefined ? [] : [...clusterName(face), seg(' ')]), bold(objectText(view.content.ref))];
  }
  if (view.content.type === 'logs' && !view.content.isLinked) return logTarget(view.content, faces);
  // A log that follows the main pane is about what is selected there.
  const row = view.content.type === 'logs' && view.content.isLinked ? ui.link?.row : spot.row;
  if (row === undefined) return [];
  const names = row.clusters.slice(0, 2).flatMap((id): Line => {
    const face = faces.get(id);
    return face === undefined
      ? []
      : [...clusterName(face), ...(face.protected ? [seg(' ◆', 'protected')] : []), seg(' ')];
  });
  const more: Line = row.clusters.length > 2 ? [seg(`+${row.clusters.length - 2} `, 'muted')] : [];
  return spot.view.content.type === 'clusters' || isClusterRef(row.ref)
    ? names.slice(0, -1)
    : [...names, ...more, bold(objectText(row))];
}

function logTarget({ selector, about }: Extract<Content, { type: 'logs' }>, faces: Faces): Line {
  const face = selector === null || selector.of === 'app' ? undefined : faces.get(selector.cluster);
  return [...(face === undefined ? [] : [...clusterName(face), seg(' ')]), ...(about === '' ? [] : [bold(about)])];
}

/** All keys that mean something here; those that cannot be used now with the reason beside them. */
export function helpModel(app: App, bindings: readonly Binding[], sheet: Extract<Sheet, { type: 'help' }>): SheetModel {
  const spot = spotOf(app);
  const search = sheet.input?.text.toLowerCase() ?? '';
  const entries = bindingsAt(bindings, spot)
    .filter((binding) => binding.keys.length > 0)
    .map((binding): SheetEntry => {
      const reason = binding.disabledReason?.(spot);
      const keys = binding.keys.filter((key) => bindingFor(bindings, key, spot) === binding).map(keyLabel);
      return {
        section: binding.section,
        label: [
          seg(keys.join(' '), reason === undefined ? 'title' : 'faint', reason === undefined ? attr.bold : attr.none),
        ],
        note: [
          seg(binding.title, reason === undefined ? 'text' : 'faint'),
          ...(reason === undefined ? [] : [seg(`  ${reason}`, 'muted')]),
        ],
        key: [],
        disabled: reason,
        choice: { type: 'binding', binding },
        completion: binding.title,
      };
    })
    .filter((entry) => search === '' || `${textOf(entry.label)} ${textOf(entry.note)}`.toLowerCase().includes(search))
    .sort((a, b) => sections.indexOf(a.section) - sections.indexOf(b.section));
  const about = titleOf(spot.view.content, spot.ui.link).title;
  return {
    title: [
      bold('Keys'),
      seg(`  in ${about}`, 'muted'),
      ...(spot.row === undefined ? [] : [seg(', with ', 'muted'), ...targetLine(spot)]),
    ],
    right: sheet.input === null ? [seg('/ searches', 'muted')] : [seg('/ ', 'muted'), ...typed(sheet.input)],
    entries,
    chosen: clampTo(sheet.chosen, entries),
    columns: 3,
    foot: [
      [
        seg('filter    ', 'muted'),
        ...['word', '"exact"', '/regex/', 'c:run-*', 'ns:shop', 'status:fail', '!term', 'age<10m', 'restarts>3'].map(
          (term) => seg(`${term}  `),
        ),
      ],
      [
        seg('glyphs    ', 'muted'),
        seg('●', 'ok'),
        seg(' well  '),
        seg('◐', 'busy'),
        seg(' changing  '),
        seg('▲', 'warn'),
        seg(' needs a look  '),
        seg('✕', 'fail'),
        seg(' broken  '),
        seg('◌', 'stale'),
        seg(' stale  '),
        seg('? not known  '),
        seg('○ not connected  '),
        seg('◆', 'protected'),
        seg(' protected  '),
        seg('• marked'),
      ],
      [seg('grey key  ', 'muted'), seg('cannot be used now; the reason stands beside it', 'muted')],
    ],
    hints: [
      { key: 'Enter', label: 'use the chosen key' },
      { key: '↑↓', label: 'choose' },
      { key: '/', label: 'search' },
      closeHint,
    ],
    empty: 'No key is called so.',
  };
}

const sections: readonly string[] = ['Move', 'Look', 'Understand', 'Change', 'In Logs', 'Copy', 'Clusters', 'Session'];
const textOf = (line: Line): string => line.map((s) => s.text).join('');

/** What can be done with the selection, and why not. */
export function actionsModel(
  app: App,
  bindings: readonly Binding[],
  sheet: Extract<Sheet, { type: 'actions' }>,
): SheetModel {
  const spot = spotOf(app);
  const entries = bindings
    .filter((binding) => binding.isAction === true && binding.applies(spot))
    .map((binding): SheetEntry => {
      const reason = binding.disabledReason?.(spot);
      return {
        section: '',
        label: [seg(binding.title, reason === undefined ? 'text' : 'faint')],
        note: [seg(reason ?? '', 'muted')],
        key: [
          seg(
            binding.keys[0] === undefined ? '' : keyLabel(binding.keys[0]),
            reason === undefined ? 'title' : 'faint',
            reason === undefined ? attr.bold : 0,
          ),
        ],
        disabled: reason,
        choice: { type: 'binding', binding },
        completion: binding.title,
      };
    });
  return {
    title: [bold('Actions'), ...(spot.row === undefined ? [] : [seg('  on ', 'muted'), ...targetLine(spot)])],
    right: [],
    entries,
    chosen: clampTo(sheet.chosen, entries),
    columns: 1,
    foot: [],
    hints: [{ key: 'Enter', label: 'do it' }, { key: '↑↓', label: 'choose' }, closeHint],
    empty: 'Nothing can be done here.',
  };
}

/** Columns: shown or not, and by which the list is sorted. */
export function columnsModel(app: App, sheet: Extract<Sheet, { type: 'columns' }>): SheetModel {
  const { ui, data, view } = spotOf(app);
  const { columns } = listOf(ui, data, view);
  const { list } = view;
  const entries = columns.map((column): SheetEntry => {
    const isShown = isWanted(column, { shown: list.shownColumns, hidden: list.hiddenColumns });
    const isSorted = list.sort?.column === column.id;
    return {
      section: '',
      label: [seg(isShown ? '● ' : '○ ', isShown ? 'ok' : 'faint'), seg(column.title, isShown ? 'text' : 'muted')],
      note: isSorted
        ? [seg(list.sort?.descending === true ? '▾ sorted down' : '▴ sorted up', 'accent')]
        : [seg(column.wide === true ? 'wide' : '', 'muted')],
      key: [],
      disabled: undefined,
      choice: { type: 'column', column: column.id },
      completion: column.title,
    };
  });
  return {
    title: [bold('Columns and sort'), seg(`  ${titleOf(view.content, ui.link).title}`, 'muted')],
    right: [seg(plural(columns.length, 'column'), 'muted')],
    entries,
    chosen: clampTo(sheet.chosen, entries),
    columns: 1,
    foot: [],
    hints: [
      { key: 'Space', label: 'show or hide' },
      { key: 'Enter', label: 'sort by it, again turns it' },
      { key: 'u', label: "the table's own order" },
      closeHint,
    ],
    empty: 'No columns yet.',
  };
}

/** Contexts that reach the same cluster. */
export function identityModel(app: App, sheet: Extract<Sheet, { type: 'identity' }>): SheetModel {
  const cluster = clusterById(app.ui.getState(), sheet.cluster);
  const names = cluster === undefined ? [] : [cluster.identity, ...cluster.otherIdentities];
  const entries = names.map(
    (context, i): SheetEntry => ({
      section: '',
      label: [seg(context, i === 0 ? 'muted' : 'text')],
      note: [seg(i === 0 ? 'active' : '', 'muted')],
      key: [],
      disabled: i === 0 ? 'it is the active one' : undefined,
      choice: { type: 'identity', context },
      completion: context,
    }),
  );
  return {
    title: [
      bold('Identity'),
      seg('  for ', 'muted'),
      ...(cluster === undefined ? [] : [{ text: '■', token: 'muted' as const, hue: cluster.hue }, seg(cluster.name)]),
    ],
    right: [],
    entries,
    chosen: clampTo(sheet.chosen, entries),
    columns: 1,
    foot: [],
    hints: [{ key: 'Enter', label: 'use it' }, { key: '↑↓', label: 'choose' }, closeHint],
    empty: 'The cluster is gone.',
  };
}
