// One thing that goes wrong, from its provocation to its end: what Triage must say of it while it lasts, and that it is
// silent afterwards.
import type { Problem, Severity } from '../../../src/core/problem.ts';
import type { TestCluster } from '../cluster.ts';
import { type Fields, namespace } from './objects.ts';
import type { TestFleet } from './open-fleet.ts';
import type { ProblemWatch, Sighting } from './problem-watch.ts';
import type { RawEvent } from './raw-watch.ts';

export type Trouble = {
  /** What it is called in test names, and where it happens: a namespace of its own unless it has none. */
  readonly id: string;
  /** Clusters in which it is provoked; more than one must fold to one row. */
  readonly clusters: readonly string[];
  readonly rule: string;
  readonly severity: Severity;
  /** Empty for what is about an object without a namespace. */
  readonly namespace: string;
  readonly kind: string;
  /** App that it is counted to, which is the name that the row shows. */
  readonly app: string;
  /** Name of the object that is at fault. */
  readonly name: RegExp;
  readonly title: string;
  /** What the message must say. */
  readonly words: RegExp;
  /** What at least one line of evidence must say; absent: there is some evidence. */
  readonly evidence?: RegExp;
  /** How long after the provocation it may take: its grace time and what the controllers need. */
  readonly withinMs: number;
  provoke(cluster: TestCluster): Promise<void>;
  fix(cluster: TestCluster): Promise<void>;
  /** The collection, and the event in it, by which the API server knew. Measured when it is given. */
  readonly known?: { readonly path: string; readonly fits: (event: RawEvent) => boolean };
};

export type Outcome = {
  readonly sighting: Sighting;
  readonly problems: readonly Problem[];
  readonly appearedMs: number;
  readonly clearedMs: number;
};

const isAbout =
  ({ rule, namespace, app }: Trouble) =>
  ({ key }: Sighting): boolean =>
    key.startsWith(`${rule}|${namespace}|${app}|`);

/** Provokes it in all its clusters, waits for its row, fixes it and waits until the row is gone. */
export async function live(
  trouble: Trouble,
  clusterOf: (name: string) => TestCluster,
  fleet: TestFleet,
  watch: ProblemWatch,
): Promise<Outcome> {
  const clusters = trouble.clusters.map(clusterOf);
  const fits = isAbout(trouble);
  const began = Date.now();
  await Promise.all(clusters.map((cluster) => trouble.provoke(cluster)));
  const everywhere = (sighting: Sighting): boolean =>
    fits(sighting) && trouble.clusters.every((name) => sighting.row.clusters.includes(fleet.id(name)));
  const sighting = await watch.appears(trouble.id, everywhere, trouble.withinMs);
  const problems = await watch.behind(sighting);
  const appearedMs = Date.now() - began;
  const fixing = Date.now();
  await Promise.all(clusters.map((cluster) => trouble.fix(cluster)));
  const cleared = await watch.clears(trouble.id, fits, 90_000);
  return { sighting, problems, appearedMs, clearedMs: cleared - fixing };
}

/** Objects in a namespace of their own, which may carry labels. */
export const inNamespace =
  (name: string, objects: readonly object[], labels: Fields = {}) =>
  async (cluster: TestCluster): Promise<void> => {
    await cluster.namespace(name);
    await cluster.apply([namespace(name, labels), ...objects]);
  };

/** Another image for the container `app` of a workload or pod. */
export const setImage =
  (namespace: string, what: string, image: string) =>
  async (cluster: TestCluster): Promise<void> => {
    await cluster.kubectl('-n', namespace, 'set', 'image', what, `app=registry.test/${image}`);
  };

/** Makes its controller look at it at once: by itself it would wait longer after each failure. */
export const poke =
  (namespace: string, what: string) =>
  async (cluster: TestCluster): Promise<void> => {
    await cluster.kubectl('-n', namespace, 'annotate', '--overwrite', what, `test.example/poked=${Date.now()}`);
  };

/** Deletes without waiting until it is gone. */
export const remove =
  (...args: readonly string[]) =>
  async (cluster: TestCluster): Promise<void> => {
    await cluster.kubectl('delete', '--wait=false', '--ignore-not-found', ...args);
  };

/** Takes all finalizers away. */
export const release =
  (...args: readonly string[]) =>
  async (cluster: TestCluster): Promise<void> => {
    await cluster.kubectl(...args.slice(0, -1), 'patch', ...args.slice(-1), '--type=merge', '-p', noFinalizers);
  };

const noFinalizers = '{"metadata":{"finalizers":null}}';
