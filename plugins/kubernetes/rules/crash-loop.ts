// Containers that end again and again, and containers that the kernel ended for their memory.
import { type Finding, goDuration } from '../../../src/plugin-api/read.ts';
import { type ContainerState, type Ended, endWords, inContainer, memoryLimit } from '../containers.ts';
import { troubleSince, unreadySince } from '../pod-state.ts';
import { counted, line, quoted } from '../words.ts';

const minute = 60_000;

/** The kubelet forgets its back-off after a container ran this long. */
const forgotten = 10 * minute;

/** An out-of-memory kill is news for so long; when it comes again it is found again. */
const oomIsNews = 60 * minute;

/**
 * A container in back-off, or between two crashes: it runs again, but it ended badly a short while ago after a short
 * run, for at least the second time. One that crashed once after days of running is no loop.
 */
export function crashLoop(
  pod: unknown,
  container: ContainerState,
  all: readonly ContainerState[],
  now: number,
): Finding | undefined {
  const backingOff = container.waiting?.reason === 'CrashLoopBackOff';
  const end = container.last ?? container.ended;
  if (!backingOff && (end === undefined || !runsBetweenCrashes(container, end, now))) return undefined;
  const words = end === undefined ? 'CrashLoopBackOff' : endWords(end);
  const init = container.role === 'init' ? 'init ' : '';
  return {
    rule: 'crash-loop',
    severity: 'fail',
    title: container.role === 'init' ? 'Init crash' : 'CrashLoop',
    message: `${words}, ${counted(container.restarts, 'restart')}${inContainer(container, all)}`,
    cause: `${init}${words}`,
    since: unreadySince(pod) ?? end?.began ?? end?.at ?? troubleSince(pod),
    ...(backingOff || container.runningSince === undefined ? {} : { until: container.runningSince + forgotten }),
    evidence: [
      ...(backingOff ? [quoted('CrashLoopBackOff', container.waiting?.message ?? '')] : []),
      ...(end === undefined ? [] : endEvidence(container, end)),
    ],
  };
}

function runsBetweenCrashes(container: ContainerState, end: Ended, now: number): boolean {
  if (container.restarts < 2 || container.role === 'init') return false;
  if (end.exit === 0 || end.at === undefined || end.began === undefined) return false;
  const shortRun = end.at - end.began < forgotten;
  const justEnded = container.ended !== undefined && now - end.at < forgotten;
  const justBegan = container.runningSince !== undefined && now - container.runningSince < forgotten;
  return shortRun && (justBegan || justEnded);
}

/** A container that was ended for its memory and does not loop: it runs again, or it is left for good. */
export function oomKilled(
  pod: unknown,
  container: ContainerState,
  all: readonly ContainerState[],
  now: number,
): Finding | undefined {
  const gone = container.ended?.reason === 'OOMKilled' ? container.ended : undefined;
  const end = gone ?? (container.last?.reason === 'OOMKilled' ? container.last : undefined);
  if (end === undefined) return undefined;
  const since = end.at ?? now;
  const until = since + oomIsNews;
  if (until <= now) return undefined;
  const limit = memoryLimit(pod, container.name);
  const facts = [
    ...(limit === '' ? [] : [`limit ${limit}`]),
    ...(container.restarts === 0 ? [] : [counted(container.restarts, 'restart')]),
  ];
  return {
    rule: 'oom-killed',
    severity: gone === undefined ? 'warn' : 'fail',
    title: 'OOM killed',
    message: `${[endWords(end), ...facts].join(', ')}${inContainer(container, all)}`,
    cause: 'OOMKilled',
    since,
    until,
    evidence: endEvidence(container, end),
  };
}

function endEvidence(container: ContainerState, end: Ended): readonly string[] {
  const times = end.at === undefined ? '' : ` at ${new Date(end.at).toISOString().replace('.000Z', 'Z')}`;
  const ran =
    end.at !== undefined && end.began !== undefined ? ` after ${Math.round((end.at - end.began) / 1000)} s` : '';
  return [
    `container ${container.name} ended: ${endWords(end)}${times}${ran}, ${counted(container.restarts, 'restart')}`,
    ...(end.message === '' ? [] : [`last words of ${container.name}: ${line(end.message, 300)}`]),
  ];
}

const backOff = /back-off (\S+) restarting/;

/** When the kubelet starts the container again, from its own words; undefined when it does not say. */
export function nextStart(container: ContainerState): number | undefined {
  const wait = goDuration(backOff.exec(container.waiting?.message ?? '')?.[1] ?? '');
  const ended = container.last?.at;
  return wait === undefined || ended === undefined ? undefined : ended + wait;
}
