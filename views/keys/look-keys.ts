// Keys that change what a pane shows: filter, scope, only what is wrong, marks, columns, freeze; and the sheets.
import { changeList, mark, markRange } from '../../src/state/cursor.ts';
import { inputOf } from '../../src/state/text-input.ts';
import { openInput } from '../../src/state/typing.ts';
import { withView } from '../../src/state/ui.ts';
import { type Binding, everywhere, inDocument, inList, inLogs, needsRow } from './binding.ts';

export const lookKeys: readonly Binding[] = [
  {
    id: 'pane.filter',
    keys: ['/'],
    title: 'filter this pane',
    section: 'Look',
    where: 'lists, Logs; searches documents',
    applies: (spot) => inList(spot) || inLogs(spot) || inDocument(spot),
    run: (app) => openInput(app, 'filter'),
    hint: 30,
    hintLabel: 'filter',
  },
  {
    id: 'scope.edit',
    keys: ['f'],
    title: 'scope of all panes',
    section: 'Look',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => openInput(app, 'scope'),
  },
  {
    id: 'list.only-wrong',
    keys: ['!'],
    title: 'only what is wrong',
    section: 'Look',
    where: 'lists; in Logs warn and above',
    applies: (spot) => inList(spot) || inLogs(spot),
    run: (app, spot) =>
      app.ui.setState((ui) =>
        withView(ui, ui.focus, (v) =>
          inLogs(spot)
            ? { ...v, text: { ...v.text, minLevel: v.text.minLevel === 'warn' ? 'all' : 'warn', follows: true } }
            : { ...v, list: { ...v.list, onlyWrong: !v.list.onlyWrong, top: 0, cursor: 0 } },
        ),
      ),
  },
  {
    id: 'list.mark',
    keys: ['space'],
    title: 'mark',
    section: 'Look',
    where: 'lists',
    applies: inList,
    disabledReason: needsRow,
    run: mark,
  },
  {
    id: 'list.range',
    keys: ['v'],
    title: 'mark a range',
    section: 'Look',
    where: 'lists',
    applies: inList,
    disabledReason: needsRow,
    run: markRange,
  },
  {
    id: 'list.columns',
    keys: ['O'],
    title: 'columns and sort',
    section: 'Look',
    where: 'lists',
    applies: (spot) => inList(spot),
    run: (app, { view }) => app.ui.setState({ sheet: { type: 'columns', viewId: view.id, chosen: 0 } }),
  },
  {
    id: 'list.freeze',
    keys: ['Z'],
    title: 'freeze the list',
    section: 'Look',
    where: 'tables of objects',
    applies: ({ view }) => view.content.type === 'table',
    run: (app) => changeList(app, (list) => ({ ...list, isFrozen: !list.isFrozen })),
  },
  {
    id: 'palette.open',
    keys: [':'],
    title: 'go to or do',
    section: 'Look',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => app.ui.setState({ sheet: { type: 'palette', input: inputOf(''), chosen: 0 } }),
  },
  {
    id: 'actions.open',
    keys: ['x'],
    title: 'actions of the selection',
    section: 'Look',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => app.ui.setState({ sheet: { type: 'actions', chosen: 0 } }),
  },
  {
    id: 'help.open',
    keys: ['?'],
    title: 'keys of this pane',
    section: 'Look',
    where: 'everywhere',
    applies: everywhere,
    run: (app) => app.ui.setState({ sheet: { type: 'help', input: null, chosen: 0 } }),
  },
];
