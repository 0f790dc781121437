// Things that were deleted and are still there: what holds them is named.
import { type Finding, field, items, textOf } from '../../../src/plugin-api/read.ts';
import { conditionOf, deletedAt } from '../meta.ts';
import { counted, line } from '../words.ts';

const minute = 60_000;

/** A finaliser's controller gets so long before it is asked about. */
const finalizerGrace = 2 * minute;

/** Deletion of a namespace empties it first; that takes its time. */
const namespaceGrace = 2 * minute;

/** After a pod's own grace period the kubelet has this long to report. */
const podGrace = minute;

const none: readonly Finding[] = [];

const finalizersOf = (object: unknown): readonly string[] =>
  items(field(field(object, 'metadata'), 'finalizers')).filter((name): name is string => typeof name === 'string');

/** An object that is held by finalisers. `kind` is how people call it: `Service`, `volume claim`. */
export function stuckDeleting(object: unknown, kind: string): readonly Finding[] {
  const since = deletedAt(field(object, 'metadata'));
  if (since === undefined) return none;
  const names = finalizersOf(object);
  const why = names.length === 0 ? 'its dependents are not gone yet' : `held by ${names.join(', ')}`;
  return [
    {
      rule: 'stuck-deleting',
      severity: 'warn',
      title: 'Deleting',
      message: line(why, 90),
      cause: `${kind} ${names.join(', ')}`,
      since,
      activeAt: since + finalizerGrace,
      evidence: [
        `deletion of this ${kind} was asked for at ${new Date(since).toISOString()}`,
        ...names.map((name) => `finalizer ${name}`),
      ],
    },
  ];
}

/** A pod that is still there after its grace period; without finalisers its node does not answer. */
export function stuckDeletingPod(pod: unknown): readonly Finding[] {
  const since = deletedAt(field(pod, 'metadata'));
  if (since === undefined) return none;
  const names = finalizersOf(pod);
  const node = textOf(field(field(pod, 'spec'), 'nodeName'));
  const why =
    names.length > 0
      ? `held by ${names.join(', ')}`
      : node === ''
        ? 'still there after its grace period'
        : `node ${node} has not ended it`;
  return [
    {
      rule: 'stuck-deleting',
      severity: 'warn',
      title: 'Deleting',
      message: line(why, 90),
      cause: names.length > 0 ? `pod ${names.join(', ')}` : `pod on ${node}`,
      since,
      activeAt: since + podGrace,
      evidence: [
        `its grace period ended at ${new Date(since).toISOString()}`,
        ...names.map((name) => `finalizer ${name}`),
      ],
    },
  ];
}

const contents = [
  'NamespaceDeletionDiscoveryFailure',
  'NamespaceDeletionGroupVersionParsingFailure',
  'NamespaceDeletionContentFailure',
  'NamespaceContentRemaining',
  'NamespaceFinalizersRemaining',
] as const;

/** A namespace that does not empty; its own conditions say what is left and which finalisers hold it. */
export function stuckDeletingNamespace(namespace: unknown): readonly Finding[] {
  const since = deletedAt(field(namespace, 'metadata'));
  if (since === undefined) return none;
  const status = field(namespace, 'status');
  const said = contents
    .map((type) => conditionOf(status, type))
    .filter((condition) => field(condition, 'status') === 'True')
    .map((condition) => ({ type: textOf(field(condition, 'type')), message: textOf(field(condition, 'message')) }));
  const remaining = finalizerNames(said.find((c) => c.type === 'NamespaceFinalizersRemaining')?.message ?? '');
  const failure = said.find((c) => c.type.endsWith('Failure'));
  const why =
    failure !== undefined
      ? line(failure.message, 80)
      : remaining.length > 0
        ? `held by ${remaining.join(', ')}`
        : (said[0]?.message ?? 'its content is not gone yet');
  return [
    {
      rule: 'stuck-deleting',
      severity: failure === undefined ? 'warn' : 'fail',
      title: 'Deleting',
      message: line(why, 90),
      cause: `namespace ${failure === undefined ? remaining.join(', ') : failure.type}`,
      since,
      activeAt: since + namespaceGrace,
      evidence: [
        `deletion was asked for at ${new Date(since).toISOString()}`,
        ...said.map(({ type, message }) => `${type}: ${message}`),
        ...(said.length === 0 ? [`${counted(finalizersOf(namespace).length, 'finalizer')} on the namespace`] : []),
      ],
    },
  ];
}

const finalizerName = /([a-z0-9][\w.\-/]*) in \d+ resource instances/gi;

/** `Some content in the namespace has finalizers remaining: a.example/b in 1 resource instances` names `a.example/b`. */
const finalizerNames = (message: string): readonly string[] =>
  [...message.matchAll(finalizerName)].map((match) => match[1] ?? '');
