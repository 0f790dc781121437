// May this credential plugin run? Everything that is needed to judge it, uncut; `y` allows it.
import { cell } from '../../src/core/sanitise.ts';
import { type App, clusterById } from '../../src/state/app.ts';
import type { Sheet } from '../../src/state/ui.ts';
import { bold, seg } from '../parts/pen.ts';
import type { SheetEntry, SheetModel } from './sheet-model.ts';

/** A SHA-256 in hex is as long; with its label it fits into 80 columns. */
const lineLength = 64;

export function consentModel(app: App, { cluster: id, program }: Extract<Sheet, { type: 'consent' }>): SheetModel {
  const cluster = clusterById(app.ui.getState(), id);
  const entries = [
    ...entriesOf('program', cell(program.path)),
    ...entriesOf('sha256', program.sha256),
    ...entriesOf('why', 'it lies beside its kubeconfig or in the working directory,'),
    ...entriesOf('', 'where a download may have put it'),
  ];
  return {
    title: [
      bold('Allow this program to log in?'),
      ...(cluster === undefined
        ? []
        : [seg('  '), { text: '■', token: 'muted' as const, hue: cluster.hue }, seg(cluster.name)]),
    ],
    right: [],
    entries,
    // Nothing is chosen: there is only one answer, and it has a key of its own.
    chosen: -1,
    columns: 1,
    foot: [],
    hints: [
      { key: 'y', label: 'allow it' },
      { key: 'Enter', label: 'leave it' },
      { key: 'Esc', label: 'leave it' },
    ],
    empty: '',
  };
}

/** One fact, over as many lines as it needs. */
function entriesOf(label: string, text: string): SheetEntry[] {
  const parts = text.match(new RegExp(`.{1,${lineLength}}`, 'gsu')) ?? [];
  return parts.map((part, i) => ({
    section: '',
    label: [seg(i === 0 ? label : '', 'muted')],
    note: [seg(part)],
    key: [],
    disabled: 'y allows it',
    choice: { type: 'line', line: '' },
    completion: '',
  }));
}
