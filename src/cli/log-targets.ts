// What `logs KIND/NAME` is about: an app by its name, pods by theirs, else every workload of that kind and name. Pods that
// may not be listed are asked for by their name.
import type { ClusterSummary, Denial } from '../core/cluster.ts';
import { duration } from '../core/format.ts';
import type { ClusterId, ObjectRef } from '../core/ids.ts';
import { isGlob } from '../core/glob.ts';
import type { LogSelector } from '../core/log-line.ts';
import type { Scope } from '../core/query.ts';
import { includesCluster } from '../core/scope.ts';
import type { Engine } from '../protocol/engine.ts';
import type { Answer } from '../protocol/messages.ts';
import { readRows } from './read-rows.ts';

export type Wish = {
  readonly scope: Scope;
  readonly kind: string;
  readonly name: string;
  readonly container: string | null;
  /** How long to wait for a pod that is asked for by its name. */
  readonly timeoutMs: number;
};

/** A cluster whose pods may not be listed, and where none of this name was found. */
export type Unlisted = {
  readonly cluster: ClusterId;
  /** It has none, and nothing that may not be read could change that. */
  readonly isSure: boolean;
  /** One line: what was asked for, and the rule that is missing. */
  readonly words: string;
};

export type FoundLogs = {
  readonly selectors: readonly LogSelector[];
  readonly unlisted: readonly Unlisted[];
  /** Of a rule that is denied: whether something may be missing for it. */
  readonly isAbout: (rule: string) => boolean;
};

const podWords = new Set(['pod', 'pods', 'po']);

/** Pods, and what they are found by: that nodes may not be listed makes no log shorter. */
const isAboutPods = (rule: string): boolean =>
  /\b(?:pods|replicasets|deployments|statefulsets|daemonsets|jobs|cronjobs)\b/.test(rule);

export async function findLogs(engine: Engine, clusters: readonly ClusterSummary[], wish: Wish): Promise<FoundLogs> {
  const { kind, name, scope } = wish;
  if (podWords.has(kind.toLowerCase())) return findPods(engine, clusters, wish);
  const { rows } = await readRows(engine, 'workloads', scope);
  if (kind === 'app') {
    const namespaces = new Set(rows.filter((row) => row.app === name).map((row) => row.namespace));
    const selectors = [...namespaces].map((namespace) => ({ of: 'app' as const, app: name, namespace, scope }));
    return { selectors, unlisted: [], isAbout: isAboutPods };
  }
  const selectors = rows.flatMap((row) =>
    row.ref && row.name === name && sameKind(row.ref.kind, row.ref.type.resource, kind)
      ? [
          {
            of: 'owner' as const,
            cluster: row.ref.cluster,
            uid: row.ref.uid,
            title: `${row.ref.kind} ${row.namespace}/${name}`,
          },
        ]
      : [],
  );
  return { selectors, unlisted: [], isAbout: isAboutPods };
}

async function findPods(engine: Engine, clusters: readonly ClusterSummary[], wish: Wish): Promise<FoundLogs> {
  const { rows } = await readRows(engine, 'pods', wish.scope);
  const listed = rows.flatMap(({ ref }) => (ref?.name === wish.name ? [podSelector(ref, wish.container)] : []));
  const asked = clusters.filter((one) => includesCluster(wish.scope, [one.name, one.identity, ...one.otherIdentities]));
  const got = (await Promise.all(asked.map((cluster) => getUnlisted(engine, cluster, wish)))).flat();
  return {
    selectors: [...listed, ...got.flatMap((one) => ('of' in one ? [one] : []))],
    unlisted: got.flatMap((one) => ('of' in one ? [] : [one])),
    // What may not be listed was asked for by name, and no other kind leads to a pod.
    isAbout: () => false,
  };
}

/** Asks for the pod by its name, in each namespace that is known and whose pods may not be listed. */
async function getUnlisted(
  engine: Engine,
  cluster: ClusterSummary,
  wish: Wish,
): Promise<readonly (LogSelector | Unlisted)[]> {
  const { namespaces: wanted } = wish.scope;
  const named = wanted.filter((namespace) => !isGlob(namespace));
  const isNamed = named.length > 0 && named.length === wanted.length;
  const namespaces = named.length > 0 ? named : [cluster.defaultNamespace || 'default'];
  const denials = cluster.denied.filter(({ resource, verb }) => resource === 'pods' && verb !== 'watch');
  const asked = denials.map(async (denial) => {
    const known = namespaces.filter((namespace) => denial.namespace === '' || denial.namespace === namespace);
    if (known.length > 0)
      return Promise.all(known.map((namespace) => getPod(engine, cluster, wish, { namespace, denial, isNamed })));
    return isNamed ? [] : [{ cluster: cluster.id, isSure: false, words: `${cluster.name}: ${mayNotList(denial)}` }];
  });
  return (await Promise.all(asked)).flat();
}

const mayNotList = ({ rule }: Denial): string => `you may not list pods: ${rule}`;

type Place = {
  readonly namespace: string;
  readonly denial: Denial;
  /** The namespace was named by who asks; else it is the context's own. */
  readonly isNamed: boolean;
};

async function getPod(
  engine: Engine,
  cluster: ClusterSummary,
  { name, container, timeoutMs }: Wish,
  { namespace, denial, isNamed }: Place,
): Promise<LogSelector | Unlisted> {
  const type = { group: '', version: 'v1', resource: 'pods' };
  const ref: ObjectRef = { cluster: cluster.id, type, kind: 'Pod', namespace, name, uid: '' };
  const answer = await inTime(engine.ask({ ask: 'uid', ref }), timeoutMs);
  if (answer.ok && typeof answer.value === 'string') return podSelector({ ...ref, uid: answer.value }, container);
  const why = answer.ok
    ? `there is no pod ${name} in namespace ${namespace}${isNamed ? '' : ' (-n names another)'}`
    : answer.message;
  return {
    cluster: cluster.id,
    isSure: answer.ok && isNamed,
    words: `${cluster.name}: ${why}; ${mayNotList(denial)}`,
  };
}

function inTime(answer: Promise<Answer>, ms: number): Promise<Answer> {
  const late: Answer = { ok: false, message: `no answer within ${duration(ms)} (--timeout)` };
  const { promise, resolve } = Promise.withResolvers<Answer>();
  const timer = setTimeout(() => resolve(late), ms);
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer));
}

const podSelector = ({ cluster, namespace, name, uid }: ObjectRef, container: string | null) => ({
  of: 'pod' as const,
  cluster,
  namespace,
  name,
  uid,
  container,
});

const shortKinds: Readonly<Record<string, string>> = {
  deploy: 'deployments',
  sts: 'statefulsets',
  ds: 'daemonsets',
  rs: 'replicasets',
  cj: 'cronjobs',
};

function sameKind(kind: string, resource: string, word: string): boolean {
  const w = word.toLowerCase().split('.')[0] ?? '';
  return w === kind.toLowerCase() || w === resource || shortKinds[w] === resource;
}
