// Keys that open what an object has, and that copy.
import { copyCommand, copyValue } from '../../src/state/copy.ts';
import { openDocument, openLogs, openRelated, openWhy } from '../../src/state/open.ts';
import { fetchAgain, hasSomethingToFetch } from '../../src/state/fetch-again.ts';
import { logsOf } from '../../src/state/targets.ts';
import { withView } from '../../src/state/ui.ts';
import { type Binding, everywhere, inDocument, inLogs, inText, needsObject, needsRow, type Spot } from './binding.ts';

const onObject = (spot: Spot): boolean => !inLogs(spot) && spot.view.content.type !== 'clusters';

const isShown = ({ view }: Spot, form: 'describe' | 'yaml'): string | undefined =>
  view.content.type === 'document' && view.content.form === form ? 'it is what you see' : undefined;

const needsLogs = (spot: Spot): string | undefined =>
  needsRow(spot) ??
  (spot.row !== undefined && logsOf(spot.row) === null && spot.view.content.type !== 'containers'
    ? `${kindOf(spot)} writes no logs`
    : undefined);

const kindOf = ({ row }: Spot): string => (row?.ref === null || row?.ref === undefined ? 'this' : `a ${row.ref.kind}`);

const onePod = (spot: Spot): string | undefined =>
  spot.view.content.type === 'containers' || spot.row?.ref?.kind === 'Pod'
    ? undefined
    : (needsRow(spot) ?? 'one pod only');

/** A document is about its object, whether or not a row is chosen. */
const needsSomething = (spot: Spot): string | undefined => (inDocument(spot) ? undefined : needsRow(spot));

export const objectKeys: readonly Binding[] = [
  {
    id: 'object.logs',
    keys: ['l'],
    title: 'logs',
    section: 'Understand',
    where: 'apps, workloads, pods, problems',
    applies: (spot) => onObject(spot) && !inDocument(spot),
    disabledReason: needsLogs,
    run: (app) => openLogs(app),
    hint: 2,
    isAction: true,
  },
  {
    id: 'object.previous-logs',
    keys: ['P'],
    title: "previous container's logs",
    section: 'Understand',
    where: 'pods',
    applies: (spot) => onObject(spot) && !inDocument(spot),
    disabledReason: onePod,
    run: (app) => openLogs(app, true),
    hint: 6,
    hintLabel: 'previous',
    isAction: true,
  },
  {
    id: 'object.describe',
    keys: ['d'],
    title: 'describe',
    section: 'Understand',
    where: 'objects',
    applies: onObject,
    disabledReason: (spot) => isShown(spot, 'describe') ?? needsObject(spot),
    run: (app) => openDocument(app, 'describe'),
    hint: 3,
    isAction: true,
  },
  {
    id: 'object.yaml',
    keys: ['y'],
    title: 'yaml',
    section: 'Understand',
    where: 'objects',
    applies: onObject,
    disabledReason: (spot) => isShown(spot, 'yaml') ?? needsObject(spot),
    run: (app) => openDocument(app, 'yaml'),
    hint: 4,
    isAction: true,
  },
  {
    id: 'object.related',
    keys: ['J'],
    title: 'owner, related objects',
    section: 'Understand',
    where: 'objects',
    applies: onObject,
    disabledReason: needsObject,
    run: openRelated,
    hint: 7,
    hintLabel: 'related',
    isAction: true,
  },
  {
    id: 'object.why',
    keys: ['W'],
    title: 'why: what is wrong with it',
    section: 'Understand',
    where: 'problems, apps, objects',
    applies: (spot) => onObject(spot) && spot.view.content.type !== 'why',
    disabledReason: needsSomething,
    run: openWhy,
    hint: 5,
    hintLabel: 'why',
    isAction: true,
  },
  {
    id: 'copy.value',
    keys: ['c'],
    title: 'copy the value',
    section: 'Copy',
    where: 'everywhere',
    applies: everywhere,
    disabledReason: (spot) => (inText(spot) ? undefined : needsRow(spot)),
    run: copyValue,
    isAction: true,
  },
  {
    id: 'copy.command',
    keys: ['C'],
    title: 'copy the command that shows this',
    section: 'Copy',
    where: 'everywhere',
    applies: everywhere,
    run: copyCommand,
    isAction: true,
  },
  {
    id: 'fetch.again',
    keys: ['R'],
    title: 'try again, fetch anew',
    section: 'Session',
    where: 'everywhere',
    applies: everywhere,
    disabledReason: ({ ui, data, view }) => (hasSomethingToFetch(ui, data, view) ? undefined : 'all of it streams'),
    run: (app, spot) => fetchAgain(app, spot.cluster),
    isAction: true,
  },
  {
    id: 'text.wrap',
    keys: ['w'],
    title: 'wrap',
    section: 'In Logs',
    where: 'Logs, documents',
    applies: inText,
    run: (app) =>
      app.ui.setState((ui) =>
        withView(ui, ui.focus, (v) => ({ ...v, text: { ...v.text, wraps: !v.text.wraps, scrollX: 0 } })),
      ),
    hint: 12,
  },
];
