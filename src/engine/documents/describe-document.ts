// What people want to know of an object first: what it is, whether it is well, its containers, its conditions, what
// happened to it. Works for every kind from what kinds have in common; pods and their templates are told in full.
import { duration } from '../../core/format.ts';
import { at, flag, type KubeObject, list, number, record, text, time } from '../../core/object.ts';
import type { DocumentLine } from '../../protocol/messages.ts';
import { containerLines } from './describe-containers.ts';
import { eventLines } from './describe-events.ts';
import { heading, line } from './document-line.ts';
import { decodedSize } from './secret-size.ts';

type Tone = DocumentLine['tone'];

/**
 * Describes an object. `events` are those of the object, in any order; `now` in milliseconds since the epoch;
 * `clusterName` stands in the first line, so that no description is taken for another cluster's.
 */
export function describeDocument(
  object: KubeObject,
  events: readonly KubeObject[],
  clusterName: string,
  now: number,
): readonly DocumentLine[] {
  return [
    ...identity(object, clusterName, now),
    ...labelLines('Labels', record(object, 'metadata', 'labels')),
    ...labelLines('Annotations', annotationsOf(object)),
    ...specLines(object),
    ...conditionLines(object, now),
    ...containerLines(object, now),
    ...dataLines(object),
    ...eventLines(events, now),
  ];
}

function identity(object: KubeObject, clusterName: string, now: number): DocumentLine[] {
  const lines = [
    line(0, 'Cluster', clusterName, 'title'),
    line(0, 'Kind', text(object, 'kind'), 'title'),
    line(0, 'Name', text(object, 'metadata', 'name'), 'title'),
  ];
  const add = (key: string, value: string, tone: Tone = 'text'): void => {
    if (value !== '') lines.push(line(0, key, value, tone));
  };
  add('Namespace', text(object, 'metadata', 'namespace'));
  const created = time(object, 'metadata', 'creationTimestamp');
  if (created !== undefined)
    add('Created', `${text(object, 'metadata', 'creationTimestamp')}, ${duration(now - created)} ago`);
  const deleting = time(object, 'metadata', 'deletionTimestamp');
  if (deleting !== undefined) {
    const finalizers = list(object, 'metadata', 'finalizers').filter((f) => typeof f === 'string');
    add(
      'Deleting',
      `for ${duration(now - deleting)}${finalizers.length > 0 ? `, waits for ${finalizers.join(', ')}` : ''}`,
      'warn',
    );
  }
  for (const owner of list(object, 'metadata', 'ownerReferences')) {
    add(flag(owner, 'controller') ? 'Controlled by' : 'Owned by', `${text(owner, 'kind')} ${text(owner, 'name')}`);
  }
  add('Node', text(object, 'spec', 'nodeName'));
  add('Service account', text(object, 'spec', 'serviceAccountName'));
  add('Status', text(object, 'status', 'phase'), phaseTone(text(object, 'status', 'phase')));
  add('Reason', text(object, 'status', 'reason'), 'fail');
  add('Message', text(object, 'status', 'message'));
  add('IP', text(object, 'status', 'podIP'));
  add('QoS class', text(object, 'status', 'qosClass'));
  return lines;
}

const phaseTone = (phase: string): Tone =>
  phase === 'Failed' || phase === 'Lost' ? 'fail' : phase === 'Pending' || phase === 'Terminating' ? 'warn' : 'text';

/** Annotations worth reading: kubectl's copy of the whole object is not. */
function annotationsOf(object: KubeObject): KubeObject {
  const { 'kubectl.kubernetes.io/last-applied-configuration': _, ...rest } = record(object, 'metadata', 'annotations');
  return rest;
}

function labelLines(title: string, labels: KubeObject): DocumentLine[] {
  const entries = Object.entries(labels);
  if (entries.length === 0) return [];
  return [heading(title), ...entries.map(([key, value]) => line(2, key, String(value)))];
}

/** Fields of spec and status that many kinds share, in the order in which they are asked for. */
const shared: readonly (readonly [string, readonly string[]])[] = [
  ['Desired', ['spec', 'replicas']],
  ['Ready', ['status', 'readyReplicas']],
  ['Updated', ['status', 'updatedReplicas']],
  ['Available', ['status', 'availableReplicas']],
  ['Unavailable', ['status', 'unavailableReplicas']],
  ['Scheduled', ['status', 'desiredNumberScheduled']],
  ['Number ready', ['status', 'numberReady']],
  ['Active', ['status', 'active']],
  ['Succeeded', ['status', 'succeeded']],
  ['Failed', ['status', 'failed']],
  ['Completions', ['spec', 'completions']],
  ['Parallelism', ['spec', 'parallelism']],
  ['Back-off limit', ['spec', 'backoffLimit']],
  ['Schedule', ['spec', 'schedule']],
  ['Suspended', ['spec', 'suspend']],
  ['Paused', ['spec', 'paused']],
  ['Strategy', ['spec', 'strategy', 'type']],
  ['Update strategy', ['spec', 'updateStrategy', 'type']],
  ['Progress deadline', ['spec', 'progressDeadlineSeconds']],
  ['Minimum', ['spec', 'minReplicas']],
  ['Maximum', ['spec', 'maxReplicas']],
  ['Current', ['status', 'currentReplicas']],
  ['Type', ['spec', 'type']],
  ['Cluster IP', ['spec', 'clusterIP']],
  ['Storage class', ['spec', 'storageClassName']],
  ['Volume', ['spec', 'volumeName']],
  ['Unschedulable', ['spec', 'unschedulable']],
];

function specLines(object: KubeObject): DocumentLine[] {
  const lines: DocumentLine[] = [];
  for (const [key, path] of shared) {
    const value = at(object, ...path);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      lines.push(line(0, key, String(value)));
  }
  const selector = record(object, 'spec', 'selector', 'matchLabels');
  const plain = Object.keys(selector).length > 0 ? selector : record(object, 'spec', 'selector');
  const terms = Object.entries(plain).filter(([, value]) => typeof value === 'string');
  if (terms.length > 0) lines.push(line(0, 'Selector', terms.map(([key, value]) => `${key}=${value}`).join(', ')));
  for (const port of list(object, 'spec', 'ports')) {
    const target = at(port, 'targetPort') ?? number(port, 'port') ?? '';
    lines.push(
      line(
        0,
        'Port',
        [text(port, 'name'), `${number(port, 'port') ?? '?'} → ${String(target)}`, text(port, 'protocol')]
          .filter((part) => part !== '')
          .join('  '),
      ),
    );
  }
  return lines;
}

function conditionLines(object: KubeObject, now: number): DocumentLine[] {
  const conditions = list(object, 'status', 'conditions');
  if (conditions.length === 0) return [];
  return [
    heading('Conditions'),
    ...conditions.map((condition) => {
      const type = text(condition, 'type');
      const status = text(condition, 'status');
      const since = time(condition, 'lastTransitionTime');
      const words = [
        status,
        text(condition, 'reason'),
        since === undefined ? '' : `${duration(now - since)} ago`,
        text(condition, 'message'),
      ];
      return line(2, type, words.filter((word) => word !== '').join('  '), conditionTone(type, status));
    }),
  ];
}

/** Conditions that are bad when they hold; all others are bad when they do not. */
const badWhenTrue = /Pressure|Unavailable|Failed|Failure|Stalled|Degraded|Error|Conflict|Deletion|Disruption|Suspended/;

function conditionTone(type: string, status: string): Tone {
  if (status !== 'True' && status !== 'False') return 'warn';
  return (status === 'True') === badWhenTrue.test(type) ? 'fail' : 'ok';
}

/** Keys and sizes of a ConfigMap or Secret; values of a Secret never. */
function dataLines(object: KubeObject): DocumentLine[] {
  const entries = Object.entries(record(object, 'data'));
  if (entries.length === 0) return [];
  const secret = text(object, 'kind') === 'Secret';
  return [
    heading('Data'),
    ...entries.map(([key, value]) =>
      line(2, key, `${secret ? decodedSize(String(value)) : Buffer.byteLength(String(value))} bytes`),
    ),
  ];
}
