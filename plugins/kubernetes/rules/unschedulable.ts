// Pods that no node takes, with the scheduler's reason made short.
import { type Finding, field, textOf, timeOf } from '../../../src/plugin-api/read.ts';
import { conditionOf, createdOf } from '../meta.ts';
import { causeOf, line } from '../words.ts';

/** A pod whose condition PodScheduled says Unschedulable. One held by a scheduling gate waits for its owner: silent. */
export function unschedulable(pod: unknown): Finding | undefined {
  const status = field(pod, 'status');
  const condition = conditionOf(status, 'PodScheduled');
  if (field(condition, 'status') !== 'False' || field(condition, 'reason') !== 'Unschedulable') return undefined;
  const message = textOf(field(condition, 'message'));
  const why = schedulerReason(message);
  return {
    rule: 'unschedulable',
    // The claim has a problem of its own, which says why.
    severity: why.claim ? 'warn' : 'fail',
    title: 'Unschedulable',
    message: why.message,
    cause: why.cause,
    since: timeOf(field(condition, 'lastTransitionTime')) ?? createdOf(field(pod, 'metadata')),
    evidence: [`Unschedulable: ${line(message, 600)}`],
  };
}

export type SchedulerReason = { readonly message: string; readonly cause: string; readonly claim: boolean };

const counts = /^\s*(\d+)\/(\d+) nodes are available:\s*(.*)$/s;
const preemption = /\.?\s*(?:preemption:|no new claims to deallocate).*$/s;

/**
 * `0/6 nodes are available: 1 node(s) had untolerated taint {a: }, 5 Insufficient cpu. preemption: …` becomes
 * `Insufficient cpu on 5 of 6 nodes, taint a on 1`: what stops most nodes first.
 */
export function schedulerReason(message: string): SchedulerReason {
  const match = counts.exec(message);
  if (match === null) {
    const claim = /unbound immediate PersistentVolumeClaims/.test(message);
    const short = shortWord(line(message.replace(preemption, ''), 80)) || 'no reason given';
    return { message: short, cause: causeOf(short), claim };
  }
  const total = Number(match[2]);
  const parts = splitReasons((match[3] ?? '').replace(preemption, '').replace(/\.\s*$/, ''));
  const words = parts.map(({ n, reason }) => ({ n, word: shortWord(reason) })).sort((a, b) => b.n - a.n);
  const claim = words.length === 1 && words[0]?.word === 'unbound volume claim';
  if (words.length === 0) return { message: 'no node fits', cause: 'no node fits', claim: false };
  const shown = words.map(({ n, word }, i) => {
    if (n === 0) return word;
    return i === 0 ? `${word} on ${n} of ${total} nodes` : `${word} on ${n}`;
  });
  const cause = words
    .map(({ word }) => word)
    .sort()
    .join(', ');
  return { message: shown.join(', '), cause, claim };
}

/** Parts are separated by commas, but a taint may hold a comma inside its braces. */
function splitReasons(text: string): readonly { readonly n: number; readonly reason: string }[] {
  return text
    .split(/,\s*(?![^{]*\})/)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const match = /^(\d+)\s+(.*)$/s.exec(part);
      return match === null ? { n: 0, reason: part } : { n: Number(match[1]), reason: match[2] ?? '' };
    });
}

const shortWords: readonly (readonly [RegExp, string])[] = [
  [/untolerated taint \{([^:}]*)(?::[^}]*)?\}/, 'taint $1'],
  [/untolerated taint\(s\)/, 'untolerated taint'],
  [/node\(s\) had taint \{([^:}]*)(?::[^}]*)?\}.*/, 'taint $1'],
  [/didn't match Pod's node affinity\/selector|didn't match node selector/, 'other node selector or affinity'],
  [/didn't match pod anti-affinity rules|didn't satisfy existing pods anti-affinity rules/, 'pod anti-affinity'],
  [/didn't match pod affinity rules/, 'pod affinity'],
  [/didn't match pod topology spread constraints.*/, 'topology spread'],
  [/node\(s\) had volume node affinity conflict/, 'volume is elsewhere'],
  [/unbound immediate PersistentVolumeClaims/, 'unbound volume claim'],
  [/node\(s\) were unschedulable/, 'cordoned'],
  [/node\(s\) were not ready/, 'not ready'],
  [/didn't have free ports for the requested pod ports/, 'port in use'],
  [/node\(s\) exceed max volume count/, 'too many volumes'],
  [/node\(s\) didn't find available persistent volumes to bind/, 'no volume to bind'],
];

function shortWord(reason: string): string {
  for (const [pattern, word] of shortWords) {
    const match = pattern.exec(reason);
    if (match !== null) return word.replace('$1', match[1] ?? '');
  }
  return reason.replace(/^node\(s\) /, '');
}
