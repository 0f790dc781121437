// Controllers that cannot make their pods: a quota, a webhook or a policy refuses them.
import { type Finding, field, textOf, timeOf } from '../../../src/plugin-api/read.ts';
import { conditionOf } from '../meta.ts';
import { causeOf, line } from '../words.ts';

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
  const plain = line(message.replace(/^(?:Error creating: )?pods "[^"]*" is forbidden: /, ''), 90);
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

/** A Deployment whose ReplicaSet may not make its pods; the condition is there exactly as long as that is so. */
export function createFailed(object: unknown): readonly Finding[] {
  const condition = conditionOf(field(object, 'status'), 'ReplicaFailure');
  if (field(condition, 'status') !== 'True') return none;
  if (field(field(object, 'spec'), 'replicas') === 0) return none;
  const message = textOf(field(condition, 'message'));
  const why = refusal(message);
  return [
    {
      ...why,
      severity: 'fail',
      since: timeOf(field(condition, 'lastTransitionTime')) ?? 0,
      evidence: [`${textOf(field(condition, 'reason')) || 'ReplicaFailure'}: ${line(message, 600)}`],
    },
  ];
}
