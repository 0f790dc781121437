// Which pods are not ready, what keeps each so, and which of them explain what is wrong with their workload.
import type { ClusterFacts, Fact, JoinFinding } from '../../../src/plugin-api/plugin.ts';
import type { Finding } from '../../../src/plugin-api/read.ts';
import { factCount, factFlag, factNumber, factText } from '../facts.ts';
import { line, quoted } from '../words.ts';
import { missingReference } from './config-error.ts';
import { conditionWords, mountWords, probeWords } from './probe-words.ts';

/** An unready pod with what keeps it so. */
export type Unready = {
  readonly pod: Fact;
  /** uid of the workload at the top of its owners; empty for a pod that stands alone. */
  readonly top: string;
  readonly since: number;
  readonly activeAt: number;
  readonly words: string;
  readonly cause: string;
  readonly evidence: readonly string[];
};

/** What is known of the unready pods of one cluster. */
export type Readiness = {
  readonly unready: readonly Unready[];
  /** Workloads (by uid, and by `namespace/app`) of which some pod has a problem that explains theirs. */
  readonly explained: ReadonlySet<string>;
  /** Pods whose volumes name what they miss. */
  readonly named: readonly JoinFinding[];
};

/** Sorts the troubled pods: those whose trouble has a name, and those that are just not ready. */
export function readUnready(cluster: ClusterFacts, troubled: readonly Fact[]): Readiness {
  const down = new Set([...cluster.all('nodes')].filter((node) => factFlag(node, 'down')).map((node) => node.name));
  const said = troubled.length === 0 ? new Map<string, Fact>() : lastWords(cluster);
  const unready: Unready[] = [];
  const explained = new Set<string>();
  const named: JoinFinding[] = [];
  for (const pod of troubled) {
    const top = topOwner(pod, cluster);
    // Without the ReplicaSets the app stands for the workload.
    const key = top ?? `${pod.namespace}/${pod.app}`;
    if (factText(pod, 'problem') !== '' || down.has(pod.node)) {
      explained.add(key);
      continue;
    }
    const event = said.get(pod.uid);
    const missing = event === undefined ? undefined : missingMount(event);
    if (missing !== undefined && factFlag(pod, 'starting')) {
      explained.add(key);
      named.push({ about: pod, finding: mountFinding(pod, event, missing) });
      continue;
    }
    unready.push(describe(pod, top ?? '', event));
  }
  return { unready, explained, named };
}

/** The uid of the workload at the top: a pod's ReplicaSet may belong to a Deployment. Undefined when it cannot be told. */
function topOwner(pod: Fact, cluster: ClusterFacts): string | undefined {
  if (pod.owner === '') return '';
  const replicaSet = cluster.byUid('replicasets.apps', pod.owner);
  if (replicaSet === undefined) return cluster.isComplete('replicasets.apps') ? pod.owner : undefined;
  return replicaSet.owner === '' ? replicaSet.uid : replicaSet.owner;
}

const telling: ReadonlySet<string> = new Set([
  'Unhealthy',
  'FailedMount',
  'FailedAttachVolume',
  'FailedCreatePodSandBox',
  'FailedPostStartHook',
  'NetworkNotReady',
]);

/** The youngest telling warning about each pod, by the pod's uid. */
function lastWords(cluster: ClusterFacts): Map<string, Fact> {
  const said = new Map<string, Fact>();
  for (const event of cluster.all('events')) {
    if (!telling.has(factText(event, 'reason')) || factText(event, 'kind') !== 'Pod') continue;
    const uid = factText(event, 'uid');
    const other = said.get(uid);
    if (other === undefined || factCount(other, 'last') < factCount(event, 'last')) said.set(uid, event);
  }
  return said;
}

const missingMount = (event: Fact): string | undefined =>
  factText(event, 'reason') === 'FailedMount' ? missingReference(factText(event, 'message')) : undefined;

const mountFinding = (pod: Fact, event: Fact | undefined, missing: string): Finding => ({
  rule: 'config-error',
  severity: 'fail',
  title: 'Config error',
  message: missing,
  cause: missing,
  since: factNumber(pod, 'unready') ?? pod.created,
  evidence: [eventLine(event)],
});

const eventLine = (event: Fact | undefined): string =>
  event === undefined ? '' : line(quoted(factText(event, 'reason'), factText(event, 'message')), 400);

/** A pod that starts and says why it cannot is believed after this time; volumes and networks need a moment. */
const saidGrace = 60_000;

function describe(pod: Fact, top: string, event: Fact | undefined): Unready {
  const since = factNumber(pod, 'unready') ?? pod.created;
  const grace = factNumber(pod, 'grace') ?? saidGrace;
  const detail = factText(pod, 'detail');
  const starting = factFlag(pod, 'starting');
  const reason = event === undefined ? '' : factText(event, 'reason');
  // A probe's event belongs to a running pod, the others to one that starts.
  const fits = event !== undefined && (reason === 'Unhealthy') !== starting;
  const message = fits ? factText(event, 'message') : '';
  const words = fits
    ? (probeWords(message) ?? (reason === 'FailedMount' ? mountWords(message) : line(message, 80)))
    : starting
      ? `not started: ${detail || 'waiting'}`
      : conditionWords(detail);
  return {
    pod,
    top,
    since,
    activeAt: since + (fits && starting ? saidGrace : grace),
    words,
    cause: starting ? `starting ${fits ? reason : ''}`.trim() : 'readiness',
    evidence: [...(fits ? [eventLine(event)] : []), starting ? `waits: ${detail}` : quoted('Ready=False', detail)],
  };
}
