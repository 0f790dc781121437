// Pods: their table, their rows, and what one pod says of itself.
import type { MapContext, RowContent, TableDefinition, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import {
  appOf,
  type Cell,
  type Finding,
  field,
  type Health,
  items,
  type KubeObject,
  type PathSpec,
  textOf,
} from '../../src/plugin-api/read.ts';
import { ageColumn, clusterColumn, column, nameColumn, namespaceColumn, ratio } from './cells.ts';
import { containerStates, endWords } from './containers.ts';
import {
  conditionOf,
  conditionPaths,
  controllerOf,
  createdOf,
  deletedAt,
  labelsOf,
  metaPaths,
  nameOf,
} from './meta.ts';
import { podFacts } from './pod-facts.ts';
import { lastEnd, podState, type PodState } from './pod-state.ts';
import { nextStart } from './rules/crash-loop.ts';
import { looksWell, podProblems } from './rules/pod.ts';
import { stuckDeletingPod } from './rules/stuck-deleting.ts';

/** Enough to tell that a container is well, and to name its state. */
const statePaths: PathSpec = { running: {}, waiting: { reason: 1 }, terminated: { reason: 1, exitCode: 1, signal: 1 } };

const statusPaths: PathSpec = [{ name: 1, image: 1, ready: 1, started: 1, restartCount: 1, state: 1, lastState: 1 }];

const probePaths: PathSpec = { initialDelaySeconds: 1, periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 1 };

const containerPaths: PathSpec = [
  {
    name: 1,
    image: 1,
    restartPolicy: 1,
    readinessProbe: probePaths,
    startupProbe: probePaths,
    resources: { limits: { memory: 1 } },
  },
];

const { finalizers, ...podMetaPaths } = metaPaths;

const podPaths: PathSpec = {
  metadata: podMetaPaths,
  spec: { nodeName: 1, containers: [{ image: 1 }], initContainers: [{ name: 1, restartPolicy: 1 }] },
  status: {
    phase: 1,
    reason: 1,
    podIP: 1,
    conditions: [{ type: 1, status: 1 }],
    containerStatuses: [{ ready: 1, restartCount: 1, state: statePaths }],
    initContainerStatuses: [{ name: 1, ready: 1, started: 1, restartCount: 1, state: statePaths }],
  },
};

/** What explains trouble. */
const troublePaths: PathSpec = {
  metadata: { finalizers },
  spec: {
    containers: containerPaths,
    initContainers: containerPaths,
    volumes: [{ persistentVolumeClaim: { claimName: 1 } }],
  },
  status: {
    message: 1,
    startTime: 1,
    conditions: conditionPaths,
    containerStatuses: statusPaths,
    initContainerStatuses: statusPaths,
  },
};

export const podTable: TableDefinition = {
  id: 'pods',
  title: 'Pods',
  columns: [
    nameColumn('POD', 12, 20, 36),
    clusterColumn(1),
    namespaceColumn(6),
    column('state', 'STATE', 'text', [10, 18, 26], { priority: 2 }, 'end'),
    column('ready', 'READY', 'ratio', [5, 5, 5], { priority: 3 }, 'never'),
    column('restarts', 'RST', 'number', [3, 3, 4], { priority: 4 }, 'never'),
    column('last', 'LAST', 'text', [8, 12, 16], { priority: 7 }, 'end'),
    column('node', 'NODE', 'text', [7, 9, 24], { priority: 8 }, 'middle'),
    column('ip', 'IP', 'text', [15, 15, 39], { priority: 9 }, 'never'),
    ageColumn(5),
  ],
};

function toRow(pod: KubeObject, context: MapContext): RowContent {
  const meta = field(pod, 'metadata');
  const status = field(pod, 'status');
  const labels = labelsOf(meta);
  const owner = controllerOf(meta);
  const name = nameOf(meta);
  const node = textOf(field(field(pod, 'spec'), 'nodeName'));
  const created = createdOf(meta);
  const well = looksWell(pod);
  const state = podState(pod);
  const problems = well ? noProblems : podProblems(pod, context.now);
  const facts = podFacts(pod, owner, well, problems);
  const ip = textOf(field(status, 'podIP'));
  return {
    health: podHealth(pod, state, problems, facts?.over === true),
    app: appOf(labels, owner, name, labels['pod-template-hash']),
    owner: owner?.uid ?? '',
    node,
    status: state.status,
    image: firstImage(pod),
    labels,
    created,
    restarts: state.restarts,
    cells: [
      name,
      null,
      textOf(field(meta, 'namespace')),
      stateCell(pod, state, well),
      ratio(state.ready, state.containers),
      state.restarts,
      well ? null : lastCell(pod),
      node === '' ? null : node,
      ip === '' ? null : ip,
      created,
    ],
    ...(facts === undefined ? {} : { facts }),
  };
}

/** Whether the row of a pod says more than that it is well: then it takes more of the pod to say why. */
function isTroubled(pod: KubeObject): boolean {
  if (deletedAt(field(pod, 'metadata')) !== undefined) return true;
  const status = field(pod, 'status');
  if (field(status, 'phase') === 'Succeeded') return false;
  return !looksWell(pod) || field(conditionOf(status, 'Ready'), 'status') !== 'True';
}

const noProblems: readonly Finding[] = [];

const firstImage = (pod: unknown): string => textOf(field(items(field(field(pod, 'spec'), 'containers'))[0], 'image'));

function podHealth(pod: unknown, state: PodState, problems: readonly Finding[], over: boolean): Health {
  const phase = field(field(pod, 'status'), 'phase');
  if (phase === 'Succeeded') return 'none';
  if (state.status === 'Terminating') return 'busy';
  if (problems.length > 0) return problems.some((p) => p.severity === 'fail') ? 'fail' : 'warn';
  // A failed pod that is not its own problem was evicted, or belongs to a Job that tries again.
  if (phase === 'Failed') return 'warn';
  if (over) return 'none';
  if (phase === 'Running') return state.ready >= state.containers ? 'ok' : 'busy';
  return phase === 'Pending' ? 'busy' : 'unknown';
}

/** kubectl's word; a crash loop counts down to its next start, a container that was restarted says since when it runs. */
function stateCell(pod: unknown, state: PodState, well: boolean): Cell {
  if (well) return state.status;
  const isLoop = state.status === 'CrashLoopBackOff' || state.status === 'Init:CrashLoopBackOff';
  if (isLoop || state.restarts > 0) {
    const containers = containerStates(pod);
    if (isLoop) {
      const until = containers.map(nextStart).find((at) => at !== undefined);
      const word = state.status === 'CrashLoopBackOff' ? 'CrashLoop' : 'Init:CrashLoop';
      return { text: word, tone: 'fail', ...(until === undefined ? {} : { until }) };
    }
    const since = Math.max(...containers.map((c) => c.runningSince ?? 0));
    if (state.status === 'Running' && since > 0) return { text: 'Running', tone: 'text', since };
  }
  const tone = badWords.test(state.status) ? 'fail' : state.status === 'Running' ? 'text' : 'muted';
  return tone === 'text' ? state.status : { text: state.status, tone };
}

const badWords = /Err|BackOff|Error|Invalid|OOMKilled|Evicted|Failed|ExitCode|Signal|DeadlineExceeded|Unknown|NodeLost/;

/** How and when a container last ended: `OOM 12:40`, `exit 1 12:38`. */
function lastCell(pod: unknown): Cell {
  const end = lastEnd(pod);
  if (end === undefined) return null;
  const text = end.reason === 'OOMKilled' ? 'OOM' : endWords({ reason: '', exit: end.exit });
  return { text: text.replace(/ \(.*$/, ''), tone: end.exit === 0 ? 'muted' : 'text', at: end.at };
}

function findings(pod: KubeObject, context: MapContext): readonly Finding[] {
  if (deletedAt(field(pod, 'metadata')) !== undefined) return stuckDeletingPod(pod);
  return podProblems(pod, context.now);
}

export const podWatch: WatchDefinition = {
  group: '',
  resource: 'pods',
  versions: ['v1'],
  when: 'always',
  pick: podPaths,
  more: { pick: troublePaths, isNeeded: isTroubled },
  into: 'pods',
  toRow,
  findings,
};
