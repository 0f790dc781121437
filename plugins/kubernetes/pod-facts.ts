// What a pod tells the join rules. A pod that is well tells nothing, so that a fleet's facts stay small.
import { type Finding, field, items, numberOf, textOf } from '../../src/plugin-api/read.ts';
import { containerStates, endWords } from './containers.ts';
import type { PodFacts } from './facts.ts';
import { conditionOf, deletedAt, type Owner } from './meta.ts';
import { troubleSince, unreadySince } from './pod-state.ts';

const second = 1000;
const usualGrace = 60 * second;

/** Pulling a large image takes its time; a pod that has not started its containers by then is stuck. */
const startGrace = 5 * 60 * second;

const stays: PodFacts = Object.freeze({ stays: true });
const over: PodFacts = Object.freeze({ over: true });
const overAndStays: PodFacts = Object.freeze({ over: true, stays: true });

export function podFacts(
  pod: unknown,
  owner: Owner | undefined,
  well: boolean,
  problems: readonly Finding[],
): PodFacts | undefined {
  const isLeft = owner?.kind === 'DaemonSet' || owner?.kind === 'Node';
  const status = field(pod, 'status');
  const phase = field(status, 'phase');
  if (deletedAt(field(pod, 'metadata')) !== undefined || phase === 'Succeeded') return isLeft ? overAndStays : over;
  if (phase === 'Failed') return failedFacts(pod, isLeft, problems);
  const since = unreadySince(pod);
  if (well && since === undefined) return isLeft ? stays : undefined;
  const problem = problems[0]?.rule;
  const claims = phase === 'Pending' ? claimNames(pod) : noClaims;
  if (problem === undefined && since === undefined) return isLeft ? stays : undefined;
  return {
    ...(isLeft ? stays : {}),
    ...(problem === undefined ? {} : { problem }),
    ...(since === undefined ? {} : readiness(pod, since, phase)),
    ...(claims.length === 0 ? {} : { claims }),
  };
}

const noClaims: readonly string[] = [];

function failedFacts(pod: unknown, isLeft: boolean, problems: readonly Finding[]): PodFacts {
  const ended = containerStates(pod).find((c) => c.ended !== undefined && c.ended.exit !== 0)?.ended;
  const reason = textOf(field(field(pod, 'status'), 'reason'));
  const exit = ended === undefined ? reason : endWords(ended);
  const problem = problems[0]?.rule;
  return {
    over: true,
    ...(isLeft ? stays : {}),
    ...(exit === '' ? {} : { exit }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function readiness(
  pod: unknown,
  since: number,
  phase: unknown,
): Pick<PodFacts, 'unready' | 'grace' | 'detail' | 'starting'> {
  const status = field(pod, 'status');
  if (phase === 'Pending') {
    // What no node takes is the scheduler's matter; a gate is a wish.
    if (field(conditionOf(status, 'PodScheduled'), 'status') !== 'True') return {};
    return { unready: troubleSince(pod), grace: startGrace, starting: true, detail: waitingFor(pod) };
  }
  const condition = conditionOf(status, 'Ready');
  const detail = textOf(field(condition, 'message')) || textOf(field(condition, 'reason'));
  return { unready: since, grace: readyGrace(pod), detail };
}

const waitingFor = (pod: unknown): string => {
  const waiting = containerStates(pod).find((c) => c.waiting !== undefined)?.waiting;
  return waiting === undefined ? 'no container was started' : waiting.reason || waiting.message;
};

/** Names of the claims that the pod mounts. */
function claimNames(pod: unknown): readonly string[] {
  const names: string[] = [];
  for (const volume of items(field(field(pod, 'spec'), 'volumes'))) {
    const name = textOf(field(field(volume, 'persistentVolumeClaim'), 'claimName'));
    if (name !== '') names.push(name);
  }
  return names;
}

/**
 * How long a running pod may be unready: what its slowest container's probes allow by themselves, at least 60 s.
 * Probe defaults are the API's: period 10 s, three failures.
 */
export function readyGrace(pod: unknown): number {
  let grace = usualGrace;
  for (const container of items(field(field(pod, 'spec'), 'containers'))) {
    const startup = field(container, 'startupProbe');
    const readiness = field(container, 'readinessProbe');
    grace = Math.max(grace, probeTime(startup) + probeTime(readiness));
  }
  return Math.min(grace, longestGrace);
}

const longestGrace = 60 * 60 * second;

const probeTime = (probe: unknown): number =>
  typeof probe !== 'object' || probe === null
    ? 0
    : (numberOf(field(probe, 'initialDelaySeconds'), 0) +
        numberOf(field(probe, 'periodSeconds'), 10) * numberOf(field(probe, 'failureThreshold'), 3)) *
      second;
