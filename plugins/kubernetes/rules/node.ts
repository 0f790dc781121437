// Nodes that are not ready, under pressure, or cordoned with pods left on them.
import type { ClusterFacts, JoinFinding, JoinRule } from '../../../src/plugin-api/plugin.ts';
import { type Finding, field, textOf, timeOf } from '../../../src/plugin-api/read.ts';
import { factFlag, factNumber } from '../facts.ts';
import { conditionOf, createdOf } from '../meta.ts';
import { counted, line, quoted } from '../words.ts';

const none: readonly Finding[] = [];

/** A node that says it is not ready, or that has stopped saying anything. */
export function nodeNotReady(node: unknown): readonly Finding[] {
  const condition = conditionOf(field(node, 'status'), 'Ready');
  const status = field(condition, 'status');
  if (status === 'True') return none;
  const created = createdOf(field(node, 'metadata'));
  const since = timeOf(field(condition, 'lastTransitionTime')) ?? created;
  const reason = textOf(field(condition, 'reason'));
  const message = textOf(field(condition, 'message'));
  const silent = status === 'Unknown';
  const why = silent ? 'kubelet stopped reporting' : line(message, 80) || reason || 'has not reported yet';
  return [
    {
      rule: 'node-not-ready',
      severity: 'fail',
      title: 'Node down',
      message: why,
      cause: silent ? 'Unknown' : reason || 'NotReady',
      since,
      // A new node takes a while until its network is there.
      ...(condition === undefined || reason === 'KubeletNotReady'
        ? { activeAt: Math.max(since, created + newNode) }
        : {}),
      evidence: [`Ready=${typeof status === 'string' ? status : 'missing'} ${quoted(reason, message)}`.trim()],
    },
  ];
}

const newNode = 2 * 60_000;

/** Node conditions that are bad when True, and their short words. */
export const pressures = [
  { type: 'MemoryPressure', word: 'memory pressure' },
  { type: 'DiskPressure', word: 'disk pressure' },
  { type: 'PIDPressure', word: 'PID pressure' },
  { type: 'NetworkUnavailable', word: 'network unavailable' },
] as const;

/** A node that is short of memory, disk or process ids, or whose network is not set up: pods are evicted or not placed. */
export function nodePressure(node: unknown): readonly Finding[] {
  const status = field(node, 'status');
  const ready = field(conditionOf(status, 'Ready'), 'status') === 'True';
  const found: Finding[] = [];
  for (const { type, word } of pressures) {
    const condition = conditionOf(status, type);
    if (field(condition, 'status') !== 'True' || !ready) continue;
    const message = textOf(field(condition, 'message'));
    const reason = textOf(field(condition, 'reason'));
    const since = timeOf(field(condition, 'lastTransitionTime')) ?? createdOf(field(node, 'metadata'));
    found.push({
      rule: 'node-pressure',
      severity: 'warn',
      title: 'Pressure',
      message: line(message === '' ? word : `${word}: ${message}`, 80),
      cause: type,
      since,
      evidence: [`${type}=True ${quoted(reason, message)}`.trim()],
    });
  }
  return found;
}

/** Cordoned nodes that still run pods which a drain would move: somebody began and did not end, or forgot. */
export const nodeCordoned: JoinRule = {
  id: 'node-cordoned',
  over: ['nodes', 'pods'],
  find(cluster: ClusterFacts): readonly JoinFinding[] {
    const cordoned = [...cluster.all('nodes')].filter((node) => factNumber(node, 'cordonedAt') !== undefined);
    if (cordoned.length === 0) return [];
    const left = new Map<string, string[]>();
    for (const node of cordoned) left.set(node.name, []);
    for (const pod of cluster.all('pods')) {
      const pods = left.get(pod.node);
      if (pods === undefined || factFlag(pod, 'stays') || factFlag(pod, 'over')) continue;
      pods.push(`${pod.namespace}/${pod.name}`);
    }
    return cordoned.flatMap((about) => {
      const pods = left.get(about.name) ?? [];
      // A node that is down has a worse problem.
      if (pods.length === 0 || factFlag(about, 'down')) return [];
      return [{ about, finding: cordonedFinding(pods, factNumber(about, 'cordonedAt') ?? about.created) }];
    });
  },
};

const cordonedFinding = (pods: readonly string[], since: number): Finding => ({
  rule: 'node-cordoned',
  severity: 'info',
  title: 'Cordoned',
  message: `takes no new pods, ${counted(pods.length, 'pod')} left to drain`,
  cause: 'cordoned',
  since,
  evidence: [...pods.slice(0, 10), ...(pods.length > 10 ? [`and ${pods.length - 10} more`] : [])],
});
