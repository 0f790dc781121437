// Keys of a log.
import { follow, jumpToError, nextClock, pauseOrFollow, saveLogs } from '../../src/state/log-actions.ts';
import { push } from '../../src/state/navigate.ts';
import { selectorOf } from '../../src/state/wanted.ts';
import { logContent } from '../../src/state/targets.ts';
import { type Binding, inLogs, type Spot } from '../keys/binding.ts';

const section = 'In Logs';
const where = 'Logs';

const shown = (spot: Spot) => (spot.view.content.type === 'logs' ? selectorOf(spot.view.content, spot.ui) : null);

export const logKeys: readonly Binding[] = [
  { id: 'logs.pause', keys: ['space'], title: 'pause', section, where, applies: inLogs, run: pauseOrFollow, hint: 1 },
  {
    id: 'logs.follow',
    keys: ['F'],
    title: 'follow',
    section,
    where,
    applies: inLogs,
    disabledReason: ({ view }) => (view.text.follows ? 'it follows' : undefined),
    run: follow,
    hint: 2,
  },
  {
    id: 'logs.next-error',
    keys: ['e'],
    title: 'next error',
    section,
    where,
    applies: inLogs,
    run: (app) => jumpToError(app, 1),
    hint: 4,
    hintLabel: 'error',
  },
  {
    id: 'logs.previous-error',
    keys: ['E'],
    title: 'previous error',
    section,
    where,
    applies: inLogs,
    run: (app) => jumpToError(app, -1),
  },
  {
    id: 'logs.clock',
    keys: ['t'],
    title: 'time: UTC, local, none',
    section,
    where,
    applies: inLogs,
    run: nextClock,
    hint: 5,
    hintLabel: 'time',
  },
  {
    id: 'logs.save',
    keys: ['S'],
    title: 'save what is kept and filtered to a file',
    section,
    where,
    applies: inLogs,
    disabledReason: ({ data, view }) =>
      (data.logs[view.id]?.matched ?? 0) > 0 ? undefined : 'there are no lines to save',
    run: saveLogs,
    hint: 7,
    hintLabel: 'save',
  },
  {
    id: 'logs.previous',
    keys: ['P'],
    title: "previous container's logs",
    section,
    where,
    applies: inLogs,
    disabledReason: (spot) => (shown(spot)?.of === 'pod' ? undefined : 'only for the logs of one pod'),
    run: (app, spot) => {
      const selector = shown(spot);
      if (selector === null || spot.view.content.type !== 'logs') return;
      const { about } = spot.view.content;
      app.ui.setState((ui) =>
        push(ui, ui.focus, logContent(selector, about === '' ? (ui.link?.row.name ?? '') : about, true)),
      );
    },
    hint: 6,
    hintLabel: 'previous',
  },
];
