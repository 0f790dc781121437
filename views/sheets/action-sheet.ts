// A write before, while and after it happens: what it does, to what, in which cluster; what the server says of it; what
// confirms it. The line that confirms and the target are always in sight.
import type { ActionPhase, CheckView, DiffLine, PlanWarning } from '../../src/core/action.ts';
import type { ObjectRef } from '../../src/core/ids.ts';
import { type App, clusterById } from '../../src/state/app.ts';
import type { ActionSheet, Sheet } from '../../src/state/ui.ts';
import { age, duration } from '../../src/core/format.ts';
import { bold, type Line, seg } from '../parts/pen.ts';
import type { Token } from '../theme/palette.ts';
import { attr } from '../theme/theme.ts';
import { typed } from './palette-model.ts';
import type { SheetEntry, SheetModel } from './sheet-model.ts';

const entry = (label: string, note: Line): SheetEntry => ({
  section: '',
  label: [seg(label, 'muted')],
  note,
  key: [],
  disabled: undefined,
  choice: { type: 'none' },
  completion: '',
});

/** `■run-eu ◆`. */
function clusterLine(app: App, { cluster: id }: ObjectRef): Line {
  const cluster = clusterById(app.ui.getState(), id);
  if (cluster === undefined) return [seg(id)];
  return [
    { text: '■', token: 'muted', hue: cluster.hue },
    seg(cluster.name, 'title', attr.bold),
    ...(cluster.protected ? [seg(' ◆ protected', 'protected', attr.bold)] : []),
  ];
}

const objectWords = ({ kind, namespace, name }: ObjectRef): string =>
  `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;

export function actionModel(app: App, sheet: ActionSheet): SheetModel {
  const { view, target } = sheet;
  const plan = view?.plan ?? null;
  const tier = plan?.tier ?? 1;
  return {
    title: [
      bold(plan?.title ?? (sheet.number === null ? 'Looking' : `Scale ${target.name}`)),
      seg('  in ', 'muted'),
      ...clusterLine(app, target),
    ],
    right: [],
    entries: [
      entry('object', [seg(objectWords(target))]),
      ...(sheet.number === null
        ? []
        : [entry('replicas', sheet.field === 'number' ? typed(sheet.number) : [bold(sheet.number.text)])]),
      ...(plan?.facts ?? []).map(({ label, text }) => entry(label, [seg(text)])),
      ...(plan?.warnings ?? []).map(warningEntry),
      ...(view === null ? [] : phaseEntries(app, view.at)),
      ...(plan === null
        ? []
        : [
            entry('undo', [seg(plan.undo ?? 'nothing takes it back', plan.undo === null ? 'warn' : 'text')]),
            entry('kubectl', [seg(plan.kubectl, 'muted')]),
          ]),
    ],
    chosen: sheet.chosen,
    isText: true,
    tier,
    columns: 1,
    foot: [],
    confirm: confirmLine(sheet),
    hints: hintsFor(sheet),
    empty: '',
  };
}

const warningEntry = ({ severity, text }: PlanWarning): SheetEntry =>
  severity === 'info'
    ? entry('note', [seg(text, 'muted')])
    : entry(severity === 'stop' ? 'stop' : 'watch out', [
        seg(severity === 'stop' ? '✕ ' : '▲ ', severity === 'stop' ? 'fail' : 'warn'),
        seg(text),
      ]);

function phaseEntries(app: App, at: ActionPhase): readonly SheetEntry[] {
  switch (at.phase) {
    case 'planning':
      return [entry('', [seg('◐ ', 'busy'), seg('reading it')])];
    case 'impossible':
      return [entry('not possible', [seg('✕ ', 'fail', attr.bold), seg(at.reason)])];
    case 'asking':
      return checkEntries(at.check);
    case 'applying':
      return [entry('sending', [seg('◐ ', 'busy'), seg('the server has not answered yet')])];
    case 'tracking':
      return [entry('rollout', [...bar(at.ready, at.of, 'busy'), seg(`  ${at.text}`)])];
    case 'holding':
      return [
        entry('stays well', [
          ...bar(at.ready, at.of, 'ok'),
          seg(`  done, watched for ${duration(Math.max(0, at.until - app.timers.now()))} more`),
        ]),
      ];
    case 'ended':
      return [entry('', [...outcomeGlyph[at.outcome.result], seg(at.outcome.text)])];
  }
}

const outcomeGlyph = {
  done: [seg('● ', 'ok')],
  reverted: [seg('▲ ', 'warn')],
  superseded: [seg('▲ ', 'warn')],
  refused: [seg('✕ ', 'fail', attr.bold)],
  failed: [seg('✕ ', 'fail', attr.bold)],
  unknown: [seg('? ', 'muted')],
  cancelled: [seg('· ', 'muted')],
} as const satisfies Readonly<Record<string, Line>>;

const barCells = 24;

function bar(ready: number, of: number, token: Token): Line {
  const full = of === 0 ? barCells : Math.round((Math.min(ready, of) / of) * barCells);
  return [seg('━'.repeat(full), token), seg('─'.repeat(barCells - full), 'faint')];
}

function checkEntries(check: CheckView): readonly SheetEntry[] {
  switch (check.state) {
    case 'pending':
      return [entry('dry run', [seg('◐ ', 'busy'), seg('asking the server')])];
    case 'refused':
      return [entry('refused', [seg('✕ ', 'fail', attr.bold), seg(check.reason)])];
    case 'impossible':
      return [entry('dry run', [seg('▲ ', 'warn'), seg(`not possible: ${check.reason}`)])];
    case 'accepted':
      return [
        entry('dry run', [seg('● ', 'ok'), seg('accepted')]),
        ...check.warnings.map((text) => entry('server says', [seg('▲ ', 'warn'), seg(text)])),
        ...check.diff.map((line, i) => entry(i === 0 ? 'changes' : '', diffLine(line))),
      ];
  }
}

const diffLine = ({ sign, text }: DiffLine): Line => [
  seg(`${sign} ${text}`, sign === '+' ? 'ok' : sign === '-' ? 'fail' : 'muted'),
];

/** What confirms it, or why nothing can. Nothing stands here before there is something to confirm. */
function confirmLine(sheet: ActionSheet): Line {
  const { view } = sheet;
  if (view === null) return sheet.number === null ? [] : [seg('type how many', 'muted')];
  const { at } = view;
  if (at.phase !== 'asking' || at.check.state === 'refused') return [];
  const trouble: Line = at.trouble === null ? [] : [seg(`   ✕ ${at.trouble}`, 'fail')];
  if (at.check.state === 'pending' && (view.plan?.tier ?? 2) > 1) return [seg('the dry run comes first', 'muted')];
  if (at.needed.type === 'key')
    return [
      bold('y', 'accent'),
      seg(' does it   '),
      bold('Esc'),
      seg(' cancels, nothing is sent', 'muted'),
      ...trouble,
    ];
  if (sheet.field === 'number') return [bold('Enter', 'accent'), seg(' goes on to the confirmation'), ...trouble];
  const mark = seg('◆ ', 'protected');
  return sheet.field === 'reason'
    ? [mark, seg('Reason '), ...typed(sheet.reason), ...trouble]
    : [mark, seg(`Type ${at.needed.text} `), ...typed(sheet.name), ...trouble];
}

function hintsFor({ view, field }: ActionSheet): SheetModel['hints'] {
  const at = view?.at;
  if (at?.phase !== 'asking')
    return [{ key: 'Esc', label: at?.phase === 'ended' || at?.phase === 'impossible' ? 'close' : 'close, it goes on' }];
  return [
    field === null || field === 'number' ? { key: 'y', label: 'confirm' } : { key: 'Enter', label: 'confirm' },
    { key: 'Esc', label: 'cancel' },
  ];
}

/** What a rollback can go back to. */
export function revisionsModel(app: App, sheet: Extract<Sheet, { type: 'revisions' }>): SheetModel {
  const { revisions, target } = sheet;
  const known = Array.isArray(revisions) ? revisions : [];
  const now = app.timers.now();
  return {
    title: [bold(`Roll ${target.name} back to`), seg('  in ', 'muted'), ...clusterLine(app, target)],
    right: [],
    entries: known.map((one) => ({
      ...entry('', []),
      label: [
        seg(`revision ${one.revision}`, one.isCurrent ? 'muted' : 'title', one.isCurrent ? 0 : attr.bold),
        seg(one.created === 0 ? '' : `  ${age(now - one.created)} ago`, 'muted'),
      ],
      note: [seg(one.images.join(', ')), ...(one.changeCause === '' ? [] : [seg(`  ${one.changeCause}`, 'muted')])],
      key: one.isCurrent ? [seg('now', 'muted')] : [],
      disabled: one.isCurrent ? 'it is what runs now' : undefined,
      choice: { type: 'revision', revision: one.revision },
    })),
    chosen: Math.max(0, Math.min(sheet.chosen, known.length - 1)),
    columns: 1,
    foot: [],
    hints: [
      { key: 'Enter', label: 'look at it' },
      { key: '↑↓', label: 'choose' },
      { key: 'Esc', label: 'close' },
    ],
    empty:
      typeof revisions === 'string'
        ? revisions
        : revisions === null
          ? '◐ asking for its revisions'
          : 'There is no revision to go back to.',
  };
}
