// GET pods/{name}/log: the parameters of the kubelet's log endpoint over lines that a source makes up on demand.
import { at, list, number, record, text } from '../../core/object.ts';
import type { ApiCluster } from '../api/cluster.ts';
import type { ApiObject } from '../api/objects.ts';
import { badRequest, type Cause, forbiddenValue, invalid, invalidValue } from '../api/status-bodies.ts';
import type { Reply } from './reply.ts';
import { queryFlag, queryNumber } from './request.ts';

/** One life of a container. Times are milliseconds since the epoch; `end` null while it runs. */
export type Run = { readonly restart: number; readonly start: number; readonly end: number | null };

export type Line = { readonly time: number; readonly text: string };

/** Where lines come from: time is cut into slots, each slot holds at most one line, known without its neighbours. */
export interface LogSource {
  slotMs(pod: ApiObject, container: string): number;
  lineAt(pod: ApiObject, container: string, run: Run, slot: number): Line | null;
}

/** A kubelet rotates its files; nothing older than this many slots is kept. */
const keptSlots = 20_000;
const pollMs = 200;

const stamp = (ms: number): string => `${new Date(ms).toISOString().slice(0, 23)}000000Z`;

function containerStatus(pod: ApiObject, name: string): unknown {
  const all = [...list(pod, 'status', 'initContainerStatuses'), ...list(pod, 'status', 'containerStatuses')];
  return all.find((c) => text(c, 'name') === name);
}

function runOf(pod: ApiObject, container: string, previous: boolean): Run {
  const c = containerStatus(pod, container);
  const { name } = pod.metadata;
  const restart = number(c, 'restartCount') ?? 0;
  const ended = (state: unknown, n: number): Run => ({
    restart: n,
    start: Date.parse(text(state, 'startedAt')),
    end: Date.parse(text(state, 'finishedAt')),
  });
  const last = at(c, 'lastState', 'terminated');
  if (previous) {
    if (last === undefined) throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
    return ended(last, Math.max(0, restart - 1));
  }
  const running = at(c, 'state', 'running');
  if (running !== undefined) return { restart, start: Date.parse(text(running, 'startedAt')), end: null };
  const over = at(c, 'state', 'terminated');
  if (over !== undefined) return ended(over, restart);
  if (last !== undefined) return ended(last, Math.max(0, restart - 1));
  const reason = text(c, 'state', 'waiting', 'reason') || 'ContainerCreating';
  const why =
    reason === 'ErrImagePull'
      ? "image can't be pulled"
      : reason === 'ImagePullBackOff'
        ? 'trying and failing to pull image'
        : reason;
  throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${why}`);
}

function pickContainer(pod: ApiObject, asked: string): string {
  const names = (key: string): string[] => list(pod, 'spec', key).map((c) => text(c, 'name'));
  const [main, init] = [names('containers'), names('initContainers')];
  if (asked !== '') {
    if ([...main, ...init].includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${pod.metadata.name}`);
  }
  const marked = record(pod.metadata, 'annotations')['kubectl.kubernetes.io/default-container'];
  if (typeof marked === 'string' && main.includes(marked)) return marked;
  if (main.length === 1) return main[0] ?? '';
  const more = init.length === 0 ? '' : ` or one of the init containers: [${init.join(' ')}]`;
  throw badRequest(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${main.join(' ')}]${more}`,
  );
}

function check(query: URLSearchParams, name: string): void {
  const causes: Cause[] = [];
  const least = (key: string, min: number): void => {
    const value = queryNumber(query, key);
    if (value !== undefined && value < min)
      causes.push(invalidValue(key, String(value), `must be greater than ${min === 0 ? 'or equal to 0' : '0'}`));
  };
  least('tailLines', 0);
  least('sinceSeconds', 1);
  least('limitBytes', 1);
  if (query.has('sinceSeconds') && query.has('sinceTime'))
    causes.push(forbiddenValue('sinceSeconds', 'at most one of `sinceTime` or `sinceSeconds` may be specified'));
  if (query.has('stream')) causes.push(forbiddenValue('stream', 'may not be specified'));
  if (causes.length > 0) throw invalid({ group: '', kind: 'PodLogOptions' }, name, causes);
}

/** Answers a log request; follows until the container ends or the client goes. */
export function sendLog(
  cluster: ApiCluster,
  source: LogSource,
  pod: ApiObject,
  query: URLSearchParams,
  reply: Reply,
): void {
  check(query, pod.metadata.name);
  const container = pickContainer(pod, query.get('container') ?? '');
  reply.fairness = false;
  if (text(pod, 'spec', 'nodeName') === '') return (reply.head(204), reply.end());
  const run = runOf(pod, container, queryFlag(query, 'previous'));
  const slotMs = source.slotMs(pod, container);
  const slotOf = (ms: number): number => Math.floor(ms / slotMs);
  const now = cluster.now();
  const timestamps = queryFlag(query, 'timestamps');
  const render = (line: Line): string => `${timestamps ? `${stamp(line.time)} ` : ''}${line.text}\n`;

  // sinceTime is cut to the whole second, as a real kubelet does.
  const sinceTime = query.get('sinceTime');
  const seconds = queryNumber(query, 'sinceSeconds');
  const since = sinceTime
    ? Math.floor(Date.parse(sinceTime) / 1000) * 1000
    : seconds === undefined
      ? 0
      : now - seconds * 1000;
  const to = Math.min(run.end ?? now, now);
  const from = Math.max(run.start, since);
  const read = (slot: number, floor: number, ceiling: number): Line | null => {
    const line = source.lineAt(pod, container, run, slot);
    return line !== null && line.time >= floor && line.time <= ceiling ? line : null;
  };
  const tail = queryNumber(query, 'tailLines') ?? Number.POSITIVE_INFINITY;
  const lines: string[] = [];
  const oldest = Math.max(slotOf(from), slotOf(to) - keptSlots);
  for (let slot = slotOf(to); slot >= oldest && lines.length < tail; slot--) {
    const line = read(slot, from, to);
    if (line !== null) lines.push(render(line));
  }
  reply.head(200, { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' });
  let budget = queryNumber(query, 'limitBytes') ?? Number.POSITIVE_INFINITY;
  const send = (bytes: Buffer): void => {
    if (bytes.length === 0) return;
    reply.write(bytes.length > budget ? bytes.subarray(0, budget) : bytes);
    budget -= bytes.length;
    if (budget <= 0) reply.end();
  };
  send(Buffer.from(lines.toReversed().join('')));
  if (!queryFlag(query, 'follow') || run.end !== null || budget <= 0) return reply.end();

  let told = to;
  const poll = (): void => {
    const here = cluster.store.collection('pods').get(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`);
    const same = here !== undefined && here.object.metadata.uid === pod.metadata.uid;
    const c = same ? containerStatus(here.object, container) : undefined;
    const ended =
      c === undefined || at(c, 'state', 'running') === undefined || number(c, 'restartCount') !== run.restart;
    const finished =
      Date.parse(text(c, 'state', 'terminated', 'finishedAt') || text(c, 'lastState', 'terminated', 'finishedAt')) ||
      told;
    const until = ended ? Math.max(told, finished) : cluster.now();
    const fresh: string[] = [];
    for (let slot = slotOf(told); slot <= slotOf(until); slot++) {
      const line = read(slot, told + 1, until);
      if (line !== null) fresh.push(render(line));
    }
    told = until;
    send(Buffer.from(fresh.join('')));
    if (ended) reply.end();
  };
  const timer = setInterval(poll, Math.min(pollMs, Math.max(20, slotMs)));
  reply.onClose(() => clearInterval(timer));
}
