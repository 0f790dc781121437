// Objects and clusters for the tests of rules: made small, changed by what a test is about.
import type { ClusterFacts, Fact, JoinFinding, JoinRule, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import type { KubeObject } from '../../src/plugin-api/read.ts';

/** A fixed moment that all tests call now. */
export const now = Date.parse('2026-11-21T12:41:00Z');

/** RFC 3339 of so many seconds before now. */
export const ago = (seconds: number): string => new Date(now - seconds * 1000).toISOString();

type Parts = Readonly<Record<string, unknown>>;

export const meta = (name: string, more: Parts = {}): Parts => ({
  name,
  namespace: 'shop',
  uid: `uid-${name}`,
  creationTimestamp: ago(600),
  ...more,
});

export const owned = (kind: string, name: string): Parts => ({
  ownerReferences: [{ kind, name, uid: `uid-${name}`, controller: true }],
});

export const condition = (type: string, status: string, seconds: number, more: Parts = {}): Parts => ({
  type,
  status,
  lastTransitionTime: ago(seconds),
  ...more,
});

/** A container status that runs well. */
export const running = (more: Parts = {}): Parts => ({
  name: 'cart',
  image: 'registry.example/shop/cart:2.4.0',
  ready: true,
  started: true,
  restartCount: 0,
  state: { running: { startedAt: ago(590) } },
  lastState: {},
  ...more,
});

export const ended = (exitCode: number, reason: string, seconds: number, ran = 20): Parts => ({
  terminated: { exitCode, reason, startedAt: ago(seconds + ran), finishedAt: ago(seconds) },
});

export const waiting = (reason: string, message = '', more: Parts = {}): Parts =>
  running({ ready: false, started: false, state: { waiting: { reason, message } }, ...more });

type PodParts = {
  readonly name?: string;
  readonly meta?: Parts;
  readonly spec?: Parts;
  readonly status?: Parts;
  readonly containers?: readonly Parts[];
  readonly init?: readonly Parts[];
  readonly ready?: boolean;
};

/** A pod of the ReplicaSet `cart-7d9f`; running and ready unless told otherwise. */
export function pod(parts: PodParts = {}): KubeObject {
  const containers = parts.containers ?? [running()];
  const ready = parts.ready ?? containers.every((c) => c['ready'] === true);
  return {
    metadata: meta(parts.name ?? 'cart-7d9f-x2v8k', {
      labels: { app: 'cart', 'pod-template-hash': '7d9f' },
      ...owned('ReplicaSet', 'cart-7d9f'),
      ...parts.meta,
    }),
    spec: {
      nodeName: 'eu-w2-a',
      containers: containers.map((c) => ({ name: c['name'], image: c['image'] })),
      ...parts.spec,
    },
    status: {
      phase: 'Running',
      startTime: ago(600),
      podIP: '10.0.0.7',
      conditions: [condition('PodScheduled', 'True', 600), condition('Ready', ready ? 'True' : 'False', 180)],
      containerStatuses: containers,
      ...(parts.init === undefined ? {} : { initContainerStatuses: parts.init }),
      ...parts.status,
    },
  };
}

const context = { now };

/** What join rules see of objects that went through a watch's `toRow`, as the engine makes it. */
export function facts(watch: WatchDefinition, objects: readonly KubeObject[]): readonly Fact[] {
  return objects.flatMap((object) => {
    const row = watch.toRow(object, context);
    const metadata = object['metadata'] as Parts;
    if (row === undefined) return [];
    const name = String(metadata['name']);
    return [
      {
        namespace: String(metadata['namespace'] ?? ''),
        name,
        uid: String(metadata['uid']),
        app: row.app ?? name,
        owner: row.owner ?? '',
        node: row.node ?? '',
        health: row.health,
        created: row.created,
        labels: row.labels ?? {},
        facts: row.facts ?? {},
      },
    ];
  });
}

/** A cluster of facts by resource; resources that are not named are absent, `denied` ones are incomplete as well. */
export function cluster(
  resources: Readonly<Record<string, readonly Fact[]>>,
  denied: readonly string[] = [],
): ClusterFacts {
  return {
    all: (resource) => resources[resource] ?? [],
    byUid: (resource, uid) => (resources[resource] ?? []).find((fact) => fact.uid === uid),
    isComplete: (resource) => !denied.includes(resource),
  };
}

/** Runs a join rule and drops what is not active at `at` or over by then: what a person would see. */
export function found(rule: JoinRule, facts: ClusterFacts, at = now): readonly JoinFinding[] {
  return rule
    .find(facts, { now: at })
    .filter(({ finding }) => (finding.activeAt ?? 0) <= at && (finding.until ?? Number.POSITIVE_INFINITY) > at);
}
