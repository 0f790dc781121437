// Keys that change something. Each freezes the row under the cursor when it is pressed; where it cannot be used it says why.
import { askRevision, askScale, openAction, toggleLock, undoLast } from '../../src/state/actions.ts';
import type { SwitchTo } from '../../src/core/action.ts';
import type { App } from '../../src/state/app.ts';
import type { ObjectRef } from '../../src/core/ids.ts';
import { type Binding, everywhere, inDocument, inLogs, needsObject, type Spot } from './binding.ts';

const onObject = (spot: Spot): boolean =>
  !inLogs(spot) &&
  !inDocument(spot) &&
  spot.view.content.type !== 'clusters' &&
  spot.view.content.type !== 'containers';

const rolling: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** Kinds of the API that have no number of replicas; what a custom resource has its cluster tells. */
const unscalable: ReadonlySet<string> = new Set([
  'Pod',
  'Node',
  'DaemonSet',
  'Job',
  'CronJob',
  'Event',
  'Service',
  'Namespace',
  'ConfigMap',
  'Secret',
  'PersistentVolumeClaim',
  'PersistentVolume',
]);

/** What stands in the way of any write. */
function needsWrites({ ui }: Spot): string | undefined {
  if (ui.writesLocked) return 'writes are locked, L unlocks them';
  return ui.isEngineAlive ? undefined : 'no action until the engine speaks again';
}

/** What stands in the way of a write to the row: who it is, and whether what is shown of it is true. */
function needsWritable(spot: Spot): string | undefined {
  const trouble = needsObject(spot) ?? needsWrites(spot);
  if (trouble !== undefined) return trouble;
  const { row, cluster } = spot;
  if (row?.stale === true) return 'no action until live';
  return cluster === undefined || cluster.state.phase === 'live'
    ? undefined
    : `${cluster.name} is ${cluster.state.phase}`;
}

const needsKind =
  (fits: (kind: string) => boolean, otherwise: string) =>
  (spot: Spot): string | undefined => {
    const trouble = needsWritable(spot);
    const kind = spot.row?.ref?.kind;
    return (
      trouble ?? (kind !== undefined && fits(kind) ? undefined : `${otherwise}, not for a ${kind ?? 'row like this'}`)
    );
  };

/** Runs with the object that is under the cursor now. */
const onTarget =
  (run: (app: App, target: ObjectRef) => unknown) =>
  (app: App, { row }: Spot): void => {
    if (row?.ref != null) void run(app, row.ref);
  };

/** Switches have no key of their own: `x` and the palette offer what the object has. */
const switchBinding = (to: SwitchTo, title: string, kinds: readonly string[]): Binding => ({
  id: `write.${to}`,
  keys: [],
  title,
  section: 'Change',
  where: kinds.join(', '),
  applies: (spot) => onObject(spot) && kinds.includes(spot.row?.ref?.kind ?? ''),
  disabledReason: needsWritable,
  run: onTarget((app, target) => openAction(app, { verb: 'switch', target, to })),
  isAction: true,
});

export const writeKeys: readonly Binding[] = [
  {
    id: 'write.scale',
    keys: ['s'],
    title: 'scale',
    section: 'Change',
    where: 'Deployments, StatefulSets, ReplicaSets, custom resources with a scale',
    applies: onObject,
    disabledReason: needsKind((kind) => !unscalable.has(kind), 'for what has replicas'),
    run: onTarget(askScale),
    hint: 8,
    isAction: true,
  },
  {
    id: 'write.rollback',
    keys: ['b'],
    title: 'roll back to an earlier revision',
    section: 'Change',
    where: 'Deployments, StatefulSets, DaemonSets',
    applies: onObject,
    disabledReason: needsKind((kind) => rolling.has(kind), 'for a Deployment, StatefulSet or DaemonSet'),
    run: onTarget(askRevision),
    hint: 9,
    hintLabel: 'roll back',
    isAction: true,
  },
  {
    id: 'write.restart',
    keys: ['r'],
    title: 'restart, a few pods at a time',
    section: 'Change',
    where: 'Deployments, StatefulSets, DaemonSets',
    applies: onObject,
    disabledReason: needsKind((kind) => rolling.has(kind), 'for a Deployment, StatefulSet or DaemonSet'),
    run: onTarget((app, target) => openAction(app, { verb: 'restart', target })),
    hint: 10,
    hintLabel: 'restart',
    isAction: true,
  },
  switchBinding('pause', 'pause: hold its rollout, suspend it', ['Deployment', 'CronJob']),
  switchBinding('resume', 'resume it', ['Deployment', 'CronJob']),
  switchBinding('cordon', 'cordon: no new pods come', ['Node']),
  switchBinding('uncordon', 'uncordon: pods come again', ['Node']),
  {
    id: 'write.undo',
    keys: ['u'],
    title: 'undo the last action',
    section: 'Change',
    where: 'everywhere',
    applies: everywhere,
    disabledReason: needsWrites,
    run: undoLast,
    isAction: true,
  },
  {
    id: 'write.lock',
    keys: ['L'],
    title: 'lock or unlock writes; arm a protected cluster',
    section: 'Change',
    where: 'everywhere',
    applies: everywhere,
    run: (app, { cluster }) => void toggleLock(app, cluster?.protected === true ? cluster.id : null),
    isAction: true,
  },
];
