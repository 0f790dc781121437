// Controllers that cannot make their pods: a quota, a webhook or a policy refuses them.
import type { ClusterFacts, Fact, JoinFinding, JoinRule, MapContext } from '../../../src/plugin-api/plugin.ts';
import { type Finding, field, textOf, timeOf } from '../../../src/plugin-api/read.ts';
import { factCount, factFlag, factNumber, factText } from '../facts.ts';
import { conditionOf, createdOf } from '../meta.ts';
import { causeOf, counted, line } from '../words.ts';

const none: readonly Finding[] = [];

/** A refusal taken apart: which rule of ours it is, and its short words. */
export type Refusal = {
  readonly rule: 'quota-exhausted' | 'webhook-failing' | 'create-failed';
  readonly title: string;
  readonly message: string;
  readonly cause: string;
};

const exceeded = /exceeded quota: ([^,]+), requested: (.*?), used: (.*?), limited: (.*?)$/s;
const mustSpecify = /failed quota: ([^:]+): must specify (.*)$/s;
const webhookCall = /failed calling webhook "([^"]+)":\s*(.*)$/s;
const webhookDenied = /admission webhook "([^"]+)" denied the request:?\s*(.*)$/s;
const policy = /ValidatingAdmissionPolicy '([^']+)' with binding '[^']*' denied request:?\s*(.*)$/s;
const noAccount = /serviceaccount "?([^" ]+)"? not found/i;
const podSecurity = /violates PodSecurity "([^"]+)":?\s*(.*)$/s;

/** Reads what the API server said when it refused to create a pod. */
export function refusal(message: string): Refusal {
  const over = exceeded.exec(message);
  if (over !== null) {
    const quota = over[1] ?? '';
    return {
      rule: 'quota-exhausted',
      title: 'Quota',
      message: line(`quota ${quota} is used up: ${over[3] ?? ''} of ${limits(over[4] ?? '')}`, 90),
      cause: `quota ${quota}`,
    };
  }
  const unset = mustSpecify.exec(message);
  if (unset !== null) {
    return {
      rule: 'create-failed',
      title: 'Pods refused',
      message: line(`quota ${unset[1] ?? ''} wants ${unset[2] ?? ''}`, 90),
      cause: `quota ${unset[1] ?? ''} must specify`,
    };
  }
  const call = webhookCall.exec(message);
  if (call !== null) {
    return {
      rule: 'webhook-failing',
      title: 'Webhook fails',
      message: line(`webhook ${call[1] ?? ''}: ${callWords(call[2] ?? '')}`, 90),
      cause: `webhook ${call[1] ?? ''}`,
    };
  }
  const denied = webhookDenied.exec(message) ?? policy.exec(message) ?? podSecurity.exec(message);
  if (denied !== null) {
    return {
      rule: 'create-failed',
      title: 'Pods refused',
      message: line(`${denied[1] ?? ''} denies: ${denied[2] ?? ''}`, 90),
      cause: `denied by ${denied[1] ?? ''}`,
    };
  }
  const account = noAccount.exec(message);
  if (account !== null) {
    const name = (account[1] ?? '').split('/').at(-1) ?? '';
    const words = `ServiceAccount ${name} not found`;
    return { rule: 'create-failed', title: 'Pods refused', message: words, cause: words };
  }
  const plain = line(message.replace(/^.*?pods "[^"]*" is forbidden: /s, ''), 90);
  return { rule: 'create-failed', title: 'Pods refused', message: plain || 'no reason given', cause: causeOf(plain) };
}

/** `pods=10` stands in both lists; the second needs only the numbers. */
const limits = (text: string): string => text.replace(/[^,=]+=/g, '');

function callWords(text: string): string {
  if (/no endpoints available for service "([^"]+)"/.test(text)) {
    return `no endpoint of service ${/service "([^"]+)"/.exec(text)?.[1] ?? ''}`;
  }
  if (/service "([^"]+)" not found/.test(text)) return `service ${/service "([^"]+)"/.exec(text)?.[1] ?? ''} not found`;
  if (/connection refused/.test(text)) return 'connection refused';
  if (/deadline exceeded|timeout/i.test(text)) return 'timed out';
  if (/x509/.test(text)) return 'certificate not trusted';
  return text.split(': ').at(-1) ?? text;
}

/** Whether the API server refuses this Deployment's pods; a Deployment of no replicas asks for none. */
export const isRefused = (deployment: unknown): boolean =>
  field(conditionOf(field(deployment, 'status'), 'ReplicaFailure'), 'status') === 'True' &&
  field(field(deployment, 'spec'), 'replicas') !== 0;

/** A Deployment whose ReplicaSet may not make its pods; the condition is there exactly as long as that is so. */
export function createFailed(deployment: unknown): readonly Finding[] {
  if (!isRefused(deployment)) return none;
  const condition = conditionOf(field(deployment, 'status'), 'ReplicaFailure');
  const message = textOf(field(condition, 'message'));
  return [
    {
      ...refusal(message),
      severity: 'fail',
      since: timeOf(field(condition, 'lastTransitionTime')) ?? createdOf(field(deployment, 'metadata')),
      evidence: [`${textOf(field(condition, 'reason')) || 'ReplicaFailure'}: ${line(message, 600)}`],
    },
  ];
}

/** An event is repeated while the controller tries; its back-off between two tries grows to a quarter of an hour. */
const eventIsNews = 20 * 60_000;

const makers: Readonly<Record<string, string>> = {
  ReplicaSet: 'replicasets.apps',
  StatefulSet: 'statefulsets.apps',
  DaemonSet: 'daemonsets.apps',
  Job: 'jobs.batch',
};

/**
 * Controllers without such a condition say it in events. It is over when they have the pods that they want. The
 * ReplicaSet of a Deployment is left out, because the Deployment says it itself.
 */
export const podsRefused: JoinRule = {
  id: 'pods-refused',
  over: ['events', ...Object.values(makers)],
  find(cluster: ClusterFacts, context: MapContext): readonly JoinFinding[] {
    const youngest = new Map<string, Fact>();
    for (const event of cluster.all('events')) {
      if (factText(event, 'reason') !== 'FailedCreate' || makers[factText(event, 'kind')] === undefined) continue;
      const uid = factText(event, 'uid');
      const other = youngest.get(uid);
      if (other === undefined || factCount(other, 'last') < factCount(event, 'last')) youngest.set(uid, event);
    }
    const found: JoinFinding[] = [];
    for (const [uid, event] of youngest) {
      const about = cluster.byUid(makers[factText(event, 'kind')] ?? '', uid);
      const until = factCount(event, 'last') + eventIsNews;
      if (about === undefined || factFlag(about, 'over') || until <= context.now) continue;
      if (factText(about, 'kind') === 'ReplicaSet' && about.owner !== '') continue;
      if (factNumber(about, 'want') === undefined || factCount(about, 'have') >= factCount(about, 'want')) continue;
      const message = factText(event, 'message');
      found.push({
        about,
        finding: {
          ...refusal(message),
          severity: 'fail',
          since: factCount(event, 'first'),
          until,
          evidence: [`FailedCreate: ${line(message, 600)}`, `${counted(factCount(event, 'count'), 'time')} so far`],
        },
      });
    }
    return found;
  },
};
