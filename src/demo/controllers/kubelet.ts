// The kubelets of a cluster: pods with a node are pulled, started, probed, restarted with back-off, and ended.
import { list, text } from '../../core/object.ts';
import { keyOf } from '../api/objects.ts';
import type { Change } from '../api/store.ts';
import { answersProbe, behaviourOf, type Exit } from './behaviour.ts';
import { containerStatus, podStatus, terminated, timesOf } from './pod-status.ts';
import type { Container, ContainerStatus, Node, Pod } from './types.ts';
import type { Controller, World } from './world.ts';

const backoffMs = (restarts: number): number => Math.min(300_000, 10_000 * 2 ** Math.max(0, restarts));

/** Runs of containers that have a timer, so that a change of status does not start them twice. */
const running = new WeakMap<World, Map<string, string>>();

function claim(world: World, pod: Pod, container: string, step: string): boolean {
  const claims = running.get(world) ?? new Map<string, string>();
  running.set(world, claims);
  const key = `${pod.metadata.uid} ${container}`;
  if (claims.get(key) === step) return false;
  claims.set(key, step);
  return true;
}

const note = (
  world: World,
  pod: Pod,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  container?: string,
): void => {
  world.recorder.record(pod, {
    type,
    reason,
    message,
    component: 'kubelet',
    host: pod.spec.nodeName ?? '',
    ...(container === undefined ? {} : { fieldPath: `spec.containers{${container}}` }),
  });
};

/** The pod as it is now, if it is still the same and its node answers. */
function fresh(world: World, pod: Pod): Pod | undefined {
  const now = world.get<Pod>('pods', keyOf(pod.metadata));
  return now?.metadata.uid === pod.metadata.uid ? now : undefined;
}

export function nodeIsUp(world: World, name: string | undefined): boolean {
  const node = world.get<Node>('nodes', name ?? '');
  return node?.metadata.annotations?.['demo.flagbridge.dev/down'] !== 'true';
}

/** Writes one container's new state; Ready moves with it. */
function write(world: World, pod: Pod, changed: ContainerStatus): Pod {
  const now = fresh(world, pod);
  if (now === undefined) return pod;
  const before = now.status.containerStatuses ?? [];
  const statuses = now.spec.containers.map((c) =>
    c.name === changed.name
      ? changed
      : (before.find((s) => s.name === c.name) ??
        containerStatus(now.metadata.uid, c, {
          state: { waiting: { reason: 'ContainerCreating' } },
          ready: false,
          restarts: 0,
        })),
  );
  const times = timesOf(now, world.now());
  const wasReady = before.length > 0 && before.every((s) => s.ready);
  const isReadyNow = statuses.every((s) => s.ready);
  const node = world.get<Node>('nodes', now.spec.nodeName ?? '');
  const hostIP = node?.status.addresses?.[0]?.address ?? '';
  const ready = wasReady === isReadyNow ? times.ready : world.now();
  const scheduled = now.status.startTime === undefined ? times.scheduled : Date.parse(now.status.startTime);
  const status = podStatus({ uid: now.metadata.uid, spec: now.spec }, hostIP, statuses, { scheduled, ready });
  return world.updateStatus('pods', now, status, 'kubelet');
}

const statusOf = (pod: Pod, name: string): ContainerStatus | undefined =>
  pod.status.containerStatuses?.find((c) => c.name === name);

/** A ConfigMap or Secret that a container needs and that is not there. */
function missingReference(world: World, pod: Pod, c: Container): string | null {
  const { namespace } = pod.metadata;
  const has = (storage: string, name: string): boolean => world.get(storage, `${namespace}/${name}`) !== undefined;
  const wanted = [
    ...(c.envFrom ?? []).map((e) => ({ map: e.configMapRef?.name, secret: e.secretRef?.name })),
    ...(c.env ?? [])
      .filter((e) => e.valueFrom?.optional !== true)
      .map((e) => ({
        map: text(e.valueFrom, 'configMapKeyRef', 'name') || undefined,
        secret: text(e.valueFrom, 'secretKeyRef', 'name') || undefined,
      })),
  ];
  for (const { map, secret } of wanted) {
    if (map !== undefined && !has('configmaps', map)) return `configmap "${map}" not found`;
    if (secret !== undefined && !has('secrets', secret)) return `secret "${secret}" not found`;
  }
  return null;
}

/** Claims that a pod mounts and that are not bound yet. */
function unboundClaim(world: World, pod: Pod): string | null {
  for (const volume of list(pod.spec, 'volumes')) {
    const name = text(volume, 'persistentVolumeClaim', 'claimName');
    if (name === '') continue;
    const claim = world.get('persistentvolumeclaims', `${pod.metadata.namespace}/${name}`);
    if (text(claim, 'status', 'phase') !== 'Bound') return name;
  }
  return null;
}

function begin(world: World, pod: Pod, c: Container): void {
  const now = fresh(world, pod);
  if (now === undefined || now.metadata.deletionTimestamp !== undefined) return;
  if (!nodeIsUp(world, now.spec.nodeName)) return world.after(5000, () => begin(world, pod, c));
  const before = statusOf(now, c.name);
  const restarts = before?.restartCount ?? 0;
  const behaviour = behaviourOf(world, now, c, restarts);
  const wait = (reason: string, message: string): Pod =>
    write(world, now, {
      ...containerStatus(now.metadata.uid, c, { state: { waiting: { reason, message } }, ready: false, restarts }),
      ...(before === undefined ? {} : { lastState: before.lastState }),
    });
  const lacking = missingReference(world, now, c);
  if (lacking !== null) {
    note(world, now, 'Warning', 'Failed', `Error: ${lacking}`, c.name);
    wait('CreateContainerConfigError', lacking);
    return world.after(10_000, () => begin(world, pod, c));
  }
  if (unboundClaim(world, now) !== null) return world.after(3000, () => begin(world, pod, c));
  if (behaviour.missing) return pullFails(world, now, c, 0);
  note(world, now, 'Normal', 'Pulled', `Container image "${c.image}" already present on machine`, c.name);
  note(world, now, 'Normal', 'Created', `Container created`, c.name);
  note(world, now, 'Normal', 'Started', `Container started`, c.name);
  const first =
    restarts === 0 && before?.lastState.terminated === undefined && !('terminated' in (before?.state ?? {}));
  const n = first ? 0 : restarts + 1;
  const started = write(world, now, {
    ...containerStatus(now.metadata.uid, c, {
      state: { running: { startedAt: world.time() } },
      ready: false,
      restarts: n,
    }),
    lastState: before?.lastState ?? {},
  });
  follow(world, started, c);
}

function pullFails(world: World, pod: Pod, c: Container, attempt: number): void {
  const now = fresh(world, pod);
  if (now === undefined || now.metadata.deletionTimestamp !== undefined) return;
  const words = `failed to pull and unpack image "${c.image}": failed to resolve reference "${c.image}": ${c.image}: not found`;
  note(world, now, 'Normal', 'Pulling', `Pulling image "${c.image}"`, c.name);
  note(world, now, 'Warning', 'Failed', `Failed to pull image "${c.image}": ${words}`, c.name);
  note(world, now, 'Warning', 'Failed', 'Error: ErrImagePull', c.name);
  const wait = (reason: string, message: string): void => {
    const at = fresh(world, now);
    if (at === undefined) return;
    write(
      world,
      at,
      containerStatus(at.metadata.uid, c, { state: { waiting: { reason, message } }, ready: false, restarts: 0 }),
    );
  };
  wait('ErrImagePull', words);
  world.after(4000, () => {
    const at = fresh(world, now);
    if (at === undefined) return;
    note(world, at, 'Normal', 'BackOff', `Back-off pulling image "${c.image}"`, c.name);
    note(world, at, 'Warning', 'Failed', 'Error: ImagePullBackOff', c.name);
    wait('ImagePullBackOff', `Back-off pulling image "${c.image}": ErrImagePull: ${words}`);
    world.after(backoffMs(attempt) + 2000, () => pullFails(world, now, c, attempt + 1));
  });
}

/** Follows a running container: ready after a while, its end by itself. */
function follow(world: World, pod: Pod, c: Container): void {
  const status = statusOf(pod, c.name);
  if (status === undefined || !('running' in status.state)) return;
  const startedAt = Date.parse(status.state.running.startedAt);
  if (!claim(world, pod, c.name, `run ${status.restartCount} ${startedAt}`)) return;
  const behaviour = behaviourOf(world, pod, c, status.restartCount);
  if (behaviour.readyMs !== null && !status.ready)
    world.after(startedAt + behaviour.readyMs - world.now(), () => probe(world, pod));
  const { exit } = behaviour;
  if (exit !== null)
    world.after(startedAt + exit.afterMs - world.now(), () => ended(world, pod, c, status.restartCount, exit));
  if (isReportedSick(status.ready, behaviour.readyMs))
    world.after(startedAt + 12_000 - world.now(), () => unhealthy(world, pod, c, status.restartCount));
}

const isReportedSick = (ready: boolean, readyMs: number | null): boolean => !ready && readyMs === null;

function unhealthy(world: World, pod: Pod, c: Container, restart: number): void {
  const now = fresh(world, pod);
  const status = now && statusOf(now, c.name);
  if (now === undefined || status === undefined || !('running' in status.state) || status.restartCount !== restart)
    return;
  if (c.readinessProbe === undefined || now.metadata.deletionTimestamp !== undefined) return;
  note(world, now, 'Warning', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503', c.name);
  world.after(30_000, () => unhealthy(world, pod, c, restart));
}

/** Looks at the readiness of a pod's running containers. */
export function probe(world: World, pod: Pod): void {
  const now = fresh(world, pod);
  if (now === undefined || now.metadata.deletionTimestamp !== undefined || !nodeIsUp(world, now.spec.nodeName)) return;
  const answers = answersProbe(world, now);
  for (const c of now.spec.containers) {
    const status = statusOf(now, c.name);
    if (status === undefined || !('running' in status.state)) continue;
    const { readyMs } = behaviourOf(world, now, c, status.restartCount);
    const due = readyMs !== null && world.now() - Date.parse(status.state.running.startedAt) >= readyMs - 50;
    const ready = due && answers;
    if (ready === status.ready) continue;
    if (!ready && c.readinessProbe !== undefined)
      note(
        world,
        now,
        'Warning',
        'Unhealthy',
        'Readiness probe failed: HTTP probe failed with statuscode: 503',
        c.name,
      );
    write(world, now, { ...status, ready });
  }
}

function ended(world: World, pod: Pod, c: Container, restart: number, exit: Exit): void {
  const now = fresh(world, pod);
  const status = now && statusOf(now, c.name);
  if (now === undefined || status === undefined || !('running' in status.state) || status.restartCount !== restart)
    return;
  if (!nodeIsUp(world, now.spec.nodeName)) return;
  const start = Date.parse(status.state.running.startedAt);
  const state = { terminated: terminated(now.metadata.uid, c.name, restart, { start, end: world.now() }, exit) };
  if (exit.reason === 'OOMKilled') {
    const node = world.get<Node>('nodes', now.spec.nodeName ?? '');
    if (node !== undefined)
      world.recorder.record(node, {
        type: 'Warning',
        reason: 'OOMKilling',
        message: `Memory cgroup out of memory: Killed process (${c.name}) in pod ${now.metadata.namespace}/${now.metadata.name}`,
        component: 'kernel-monitor',
        host: node.metadata.name,
      });
  }
  const restarts = now.spec.restartPolicy !== 'Never' && !(now.spec.restartPolicy === 'OnFailure' && exit.code === 0);
  const over = write(world, now, { ...status, state, ready: false, started: false });
  if (!restarts) return;
  world.after(700, () => backOff(world, over, c, restart));
}

/** From Terminated to CrashLoopBackOff, and to the next start. */
function backOff(world: World, pod: Pod, c: Container, restart: number): void {
  const now = fresh(world, pod);
  const status = now && statusOf(now, c.name);
  if (
    now === undefined ||
    status === undefined ||
    !('terminated' in status.state) ||
    now.metadata.deletionTimestamp !== undefined
  )
    return;
  const ms = backoffMs(restart);
  const words = ms >= 60_000 ? `${Math.floor(ms / 60_000)}m${(ms % 60_000) / 1000}s` : `${ms / 1000}s`;
  const about = `back-off ${words} restarting failed container=${c.name} pod=${now.metadata.name}_${now.metadata.namespace}(${now.metadata.uid})`;
  note(
    world,
    now,
    'Warning',
    'BackOff',
    `Back-off restarting failed container ${c.name} in pod ${now.metadata.name}_${now.metadata.namespace}(${now.metadata.uid})`,
    c.name,
  );
  const waiting = write(world, now, {
    ...status,
    state: { waiting: { reason: 'CrashLoopBackOff', message: about } },
    lastState: { terminated: status.state.terminated },
  });
  claim(world, waiting, c.name, `wait ${restart}`);
  world.after(ms, () => begin(world, waiting, c));
}

/** Takes over a pod that was seeded in the middle of something. */
export function adopt(world: World, pod: Pod): void {
  for (const c of pod.spec.containers) {
    const status = statusOf(pod, c.name);
    if (status === undefined) continue;
    if ('running' in status.state) follow(world, pod, c);
    else if ('waiting' in status.state && status.state.waiting.reason === 'CrashLoopBackOff') {
      const last = Date.parse(status.lastState.terminated?.finishedAt ?? '');
      claim(world, pod, c.name, `wait ${status.restartCount}`);
      world.after(last + backoffMs(status.restartCount) - world.now(), () => begin(world, pod, c));
    }
  }
}

function end(world: World, pod: Pod): void {
  if (!claim(world, pod, '', 'ending')) return;
  for (const c of pod.spec.containers) note(world, pod, 'Normal', 'Killing', `Stopping container ${c.name}`, c.name);
  const grace = (pod.metadata.deletionGracePeriodSeconds ?? 30) * 1000;
  const finish = (): void => {
    const now = fresh(world, pod);
    if (now === undefined) return;
    if (!nodeIsUp(world, now.spec.nodeName)) return world.after(5000, finish);
    if ((now.metadata.finalizers ?? []).length > 0) return world.after(1000, finish);
    world.cluster.store.remove(world.cluster.type('pods'), keyOf(now.metadata));
  };
  world.after(Math.min(grace, 900 + world.random() * 1800), finish);
}

export const kubelet: Controller = {
  name: 'kubelet',
  watches: ['pods'],

  keysFor(_world: World, _storage: string, change: Change): readonly string[] {
    if (change.type === 'DELETED') return [];
    const pod = change.entry.object as Pod;
    const before = change.before?.object as Pod | undefined;
    const begins = pod.spec.nodeName !== undefined && before?.spec.nodeName === undefined;
    const ends = pod.metadata.deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined;
    const cart = pod.metadata.labels?.app === 'cart';
    return begins || ends || cart ? [change.entry.key] : [];
  },

  reconcile(world: World, key: string): void {
    const pod = world.get<Pod>('pods', key);
    if (pod === undefined) return;
    if (pod.metadata.deletionTimestamp !== undefined) end(world, pod);
    else if (pod.spec.nodeName !== undefined && pod.status.containerStatuses === undefined) {
      for (const c of pod.spec.containers) {
        if (!claim(world, pod, c.name, 'create')) continue;
        const { startMs } = behaviourOf(world, pod, c, 0);
        write(
          world,
          pod,
          containerStatus(pod.metadata.uid, c, {
            state: { waiting: { reason: 'ContainerCreating' } },
            ready: false,
            restarts: 0,
          }),
        );
        world.after(startMs, () => begin(world, pod, c));
      }
    }
    if (pod.metadata.labels?.app === 'cart')
      for (const caller of world.list<Pod>('pods', pod.metadata.namespace))
        if (caller.metadata.labels?.app === 'checkout') probe(world, caller);
  },
};
