// Our rollback, scale and restart against kubectl's, on twins: two hundred random histories of Deployments, StatefulSets and
// DaemonSets, stopped anywhere. One twin is kubectl's, the other is ours; afterwards both want the same.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ActionWish } from '../../src/core/action.ts';
import type { ObjectRef } from '../../src/core/ids.ts';
import { at, type KubeObject, list, number, record, text } from '../../src/core/object.ts';
import { ready } from '../../src/engine/collect.ts';
import { controlPlaneAvailability } from './availability.ts';
import type { TestCluster } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { openFleet, type TestFleet } from './support/open-fleet.ts';
import { until } from './until.ts';

const here = controlPlaneAvailability();
const histories = 200;
const atOnce = 10;
const twins = ['kubectls', 'ours'] as const;

type Kind = 'Deployment' | 'StatefulSet' | 'DaemonSet';
const plurals: Readonly<Record<Kind, string>> = {
  Deployment: 'deployments',
  StatefulSet: 'statefulsets',
  DaemonSet: 'daemonsets',
};

/** The same numbers for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed + 1;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x7fffffff) * below) % below;
  };
}

function templateOf(name: string, revision: number, pick: (below: number) => number): object {
  const env = Array.from({ length: pick(3) }, (_, n) => ({ name: `E${n}`, value: String(pick(5)) }));
  const sidecar = pick(3) === 0 ? [{ name: 'side', image: `registry.test/side:${pick(3)}` }] : [];
  return {
    metadata: {
      labels: { app: name, ...(pick(2) === 0 && { release: `r${revision}` }) },
      ...(pick(3) === 0 && { annotations: { note: String(pick(4)) } }),
    },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: [
        { name: 'main', image: `registry.test/app:${revision}`, ...(env.length > 0 && { env }) },
        ...sidecar,
      ],
    },
  };
}

/** One object in the namespaces of both, with its whole history behind it. */
type Twins = {
  readonly kind: Kind;
  readonly name: string;
  readonly revision: number | null;
  readonly isPaused: boolean;
};

describe.skipIf(!here.available)('what we write against what kubectl writes', () => {
  let plane: ControlPlane;
  let fleet: TestFleet;
  let cluster: TestCluster;

  beforeAll(async () => {
    plane = await startControlPlane({ clusters: [{ name: 'c1' }], nodes: 3 });
    cluster = plane.cluster('c1');
    fleet = await openFleet({ kubeconfigPath: plane.kubeconfigPath });
    await Promise.all(twins.map((namespace) => cluster.namespace(namespace)));
    const core = fleet.commandCore;
    const [unit] = core.fleetOf.units;
    if (unit === undefined) throw new Error('no cluster');
    core.fleetOf.connect([unit.face.id]);
    const trouble = await ready(core, unit, AbortSignal.timeout(20_000));
    if (trouble !== null) throw new Error(trouble);
  }, 120_000);
  afterAll(async () => {
    fleet?.[Symbol.dispose]();
    await plane?.stop();
  });

  const pathOf = (kind: Kind, namespace: string, name: string): string =>
    `/apis/apps/v1/namespaces/${namespace}/${plurals[kind]}/${name}`;
  const get = async (kind: Kind, namespace: string, name: string): Promise<KubeObject> =>
    record(await cluster.api.get(pathOf(kind, namespace, name)));
  const patch = async (kind: Kind, namespace: string, name: string, body: object): Promise<void> => {
    const type = 'application/merge-patch+json';
    const answer = await cluster.api.call('PATCH', pathOf(kind, namespace, name), body, type);
    if (answer.status >= 300) throw new Error(answer.body);
  };

  /** Each template is a revision only when its controller has made one of it, in both namespaces. */
  const recorded = (kind: Kind, name: string, revisions: number): Promise<unknown> => {
    const resource = kind === 'Deployment' ? 'replicasets' : 'controllerrevisions';
    const isRecorded = async (namespace: string): Promise<boolean> => {
      const children = `/apis/apps/v1/namespaces/${namespace}/${resource}?labelSelector=app%3D${name}`;
      const [owner, found] = await Promise.all([get(kind, namespace, name), cluster.api.get(children)]);
      const numbers = list(found, 'items').map(
        (one) =>
          number(one, 'revision') ?? Number(text(one, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')),
      );
      const isSeen =
        (number(owner, 'status', 'observedGeneration') ?? 0) >= (number(owner, 'metadata', 'generation') ?? 1);
      return isSeen && numbers.length === revisions && Math.max(...numbers) === revisions;
    };
    return until(
      `${name} to have ${revisions} revisions`,
      async () => (await Promise.all(twins.map(isRecorded))).every((is) => is),
      { timeoutMs: 60_000 },
    );
  };

  async function history(n: number): Promise<Twins> {
    const pick = random(n);
    const kind = (['Deployment', 'StatefulSet', 'DaemonSet'] as const)[n % 3] ?? 'Deployment';
    const name = `h${n}`;
    const revisions = 1 + pick(5);
    for (let revision = 1; revision <= revisions; revision++) {
      const template = templateOf(name, revision, pick);
      const replicas = kind === 'DaemonSet' ? {} : { replicas: pick(3) };
      for (const namespace of twins) {
        if (revision > 1) {
          // A merge patch keeps what a template no longer has: the whole is put in place of it.
          const answer = await cluster.api.call(
            'PATCH',
            pathOf(kind, namespace, name),
            [
              { op: 'replace', path: '/spec/template', value: template },
              ...(kind === 'DaemonSet' ? [] : [{ op: 'replace', path: '/spec/replicas', value: replicas.replicas }]),
            ],
            'application/json-patch+json',
          );
          if (answer.status >= 300) throw new Error(answer.body);
          continue;
        }
        const selector = { matchLabels: { app: name } };
        const service = kind === 'StatefulSet' ? { serviceName: name, podManagementPolicy: 'Parallel' } : {};
        await cluster.apply([
          {
            apiVersion: 'apps/v1',
            kind,
            metadata: { name, namespace },
            spec: { selector, template, ...replicas, ...service },
          },
        ]);
      }
      await recorded(kind, name, revision);
    }
    const isPaused = kind === 'Deployment' && pick(10) === 0;
    if (isPaused) for (const namespace of twins) await patch(kind, namespace, name, { spec: { paused: true } });
    return { kind, name, revision: pick(3) === 0 ? 1 + pick(revisions + 1) : null, isPaused };
  }

  async function ours(kind: Kind, name: string, wishOf: (target: ObjectRef) => ActionWish): Promise<string> {
    const core = fleet.commandCore;
    const object = await get(kind, 'ours', name);
    const target: ObjectRef = {
      cluster: fleet.id('c1'),
      type: { group: 'apps', version: 'v1', resource: plurals[kind] },
      kind,
      namespace: 'ours',
      name,
      uid: text(object, 'metadata', 'uid'),
    };
    const opened = core.desk.open(wishOf(target));
    if (!opened.ok) return opened.reason;
    const { action } = opened;
    await action.prepare();
    const { at: now } = action.view;
    if (now.phase === 'impossible') return now.reason;
    const answer = await action.confirm({ type: 'key' });
    if (!answer.ok) return answer.reason;
    await until('it to be sent', async () => action.view.at.phase !== 'applying', { timeoutMs: 30_000 });
    const then = action.view.at;
    action.cancel();
    return then.phase === 'ended' && then.outcome.result === 'refused' ? then.outcome.text : 'done';
  }

  /** What kubectl says; its own words for what it will not do. */
  const kubectl = (...args: string[]): Promise<string> =>
    cluster.kubectl('-n', 'kubectls', ...args).then(
      (said) => said.trim(),
      (error: Error) => error.message,
    );

  /** Templates without the moment of a restart. */
  const wanted = async (kind: Kind, name: string): Promise<readonly string[]> =>
    Promise.all(
      twins.map(async (namespace) => {
        const { spec } = await get(kind, namespace, name);
        const { template, replicas } = record(spec);
        const annotations = record(template, 'metadata', 'annotations');
        const isRestarted = annotations['kubectl.kubernetes.io/restartedAt'] !== undefined;
        return JSON.stringify({
          replicas,
          labels: at(template, 'metadata', 'labels'),
          annotations: Object.keys(annotations).sort(),
          containers: list(template, 'spec', 'containers'),
          pod: record(template, 'spec'),
          isRestarted,
        });
      }),
    );

  async function inTurns(run: (n: number) => Promise<void>): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      while (next < histories) await run(next++);
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
  }

  test(`${histories} histories rolled back end as kubectl's do, then scaled and restarted as well`, {
    timeout: 600_000,
  }, async () => {
    const different: string[] = [];
    const seen = new Map<string, number>();
    await inTurns(async (n) => {
      const { kind, name, revision, isPaused } = await history(n);
      const to = revision === null ? [] : [`--to-revision=${revision}`];
      const [theirs, mine] = await Promise.all([
        kubectl('rollout', 'undo', `${kind}/${name}`, ...to),
        ours(kind, name, (target) => ({ verb: 'rollback', target, revision })),
      ]);
      const what = outcomeOf(theirs);
      seen.set(what, (seen.get(what) ?? 0) + 1);
      const [a, b] = await wanted(kind, name);
      // Where kubectl does nothing we say why, in words of our own.
      const agrees = a === b && (what === 'rolled back') === (mine === 'done');
      if (!agrees)
        different.push(`${kind} ${name} to ${revision}: kubectl ${theirs}; we ${mine}${a === b ? '' : `\n${a}\n${b}`}`);
      const said: string[] = [];
      if (kind !== 'DaemonSet') {
        const replicas = (n % 4) + 1;
        await kubectl('scale', `${kind}/${name}`, `--replicas=${replicas}`);
        said.push(await ours(kind, name, (target) => ({ verb: 'scale', target, replicas })));
      }
      if (!isPaused) {
        await kubectl('rollout', 'restart', `${kind}/${name}`);
        said.push(await ours(kind, name, (target) => ({ verb: 'restart', target })));
      }
      const [c, d] = await wanted(kind, name);
      if (c !== d) different.push(`${kind} ${name} scaled and restarted, ${said.join(', ')}:\n${c}\n${d}`);
    });

    process.stdout.write(`what kubectl did: ${JSON.stringify(Object.fromEntries(seen))}\n`);
    expect(different).toEqual([]);
    // All ways that a rollback can go were gone.
    expect([...seen.keys()].sort()).toEqual(['no such revision', 'paused', 'rolled back', 'skipped']);
  });
});

function outcomeOf(said: string): string {
  if (said.endsWith('rolled back')) return 'rolled back';
  if (/skipped rollback/.test(said)) return 'skipped';
  if (/cannot rollback a paused/.test(said)) return 'paused';
  if (/unable to find|no rollout history found|no last revision/.test(said)) return 'no such revision';
  return said;
}
