// What this identity may do, as the server says when asked. It greys keys and explains; it never stops a request: a real
// 403 is the truth, and what is unknown is not forbidden.
import { flag, list, record, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import type { Session } from '../session/contract.ts';

export type Rule = {
  readonly verbs: readonly string[];
  readonly groups: readonly string[];
  /** With subresources as `pods/log`. */
  readonly resources: readonly string[];
  /** Empty: all names. */
  readonly names: readonly string[];
};

export type RulesReview = {
  readonly rules: readonly Rule[];
  /** Not all authorizers could say what they allow (webhooks): absence proves nothing. */
  readonly incomplete: boolean;
};

export type Wanted = {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** Null: cluster-wide. */
  readonly namespace: string | null;
  readonly name?: string;
};

export type Verdict = 'yes' | 'no' | 'unknown';

const authorization = '/apis/authorization.k8s.io/v1';

/** SelfSubjectRulesReview: everything at once for one namespace. Throws ApiError. */
export async function reviewRules(session: Session, namespace: string, signal?: AbortSignal): Promise<RulesReview> {
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } };
  const answer = await post(session, `${authorization}/selfsubjectrulesreviews`, body, signal);
  const strings = (value: unknown, key: string): string[] =>
    list(value, key).filter((item) => typeof item === 'string');
  const rules = list(answer, 'status', 'resourceRules').map((rule) => ({
    verbs: strings(rule, 'verbs'),
    groups: strings(rule, 'apiGroups'),
    resources: strings(rule, 'resources'),
    names: strings(rule, 'resourceNames'),
  }));
  return { rules, incomplete: flag(answer, 'status', 'incomplete') };
}

/** What a rules review says of one wish; `no` only when the review is complete. */
export function verdictOf(review: RulesReview, wanted: Wanted): Verdict {
  const resource = wanted.subresource === undefined ? wanted.resource : `${wanted.resource}/${wanted.subresource}`;
  const any = (values: readonly string[], value: string): boolean => values.includes('*') || values.includes(value);
  let mayForSome = false;
  for (const rule of review.rules) {
    if (!any(rule.verbs, wanted.verb) || !any(rule.groups, wanted.group)) continue;
    const fits =
      any(rule.resources, resource) ||
      (wanted.subresource !== undefined && rule.resources.includes(`*/${wanted.subresource}`));
    if (!fits) continue;
    if (rule.names.length === 0 || (wanted.name !== undefined && rule.names.includes(wanted.name))) return 'yes';
    mayForSome = true;
  }
  // Some names are allowed and none is asked for: it depends on which.
  if (mayForSome && wanted.name === undefined) return 'unknown';
  return review.incomplete ? 'unknown' : 'no';
}

/** SelfSubjectAccessReview for exactly this. Throws ApiError. */
export async function reviewAccess(session: Session, wanted: Wanted, signal?: AbortSignal): Promise<Verdict> {
  const resourceAttributes = {
    verb: wanted.verb,
    group: wanted.group,
    resource: wanted.resource,
    ...(wanted.subresource !== undefined && { subresource: wanted.subresource }),
    ...(wanted.namespace !== null && { namespace: wanted.namespace }),
    ...(wanted.name !== undefined && { name: wanted.name }),
  };
  const kind = 'SelfSubjectAccessReview';
  const body = { apiVersion: 'authorization.k8s.io/v1', kind, spec: { resourceAttributes } };
  const answer = await post(session, `${authorization}/selfsubjectaccessreviews`, body, signal);
  if (flag(answer, 'status', 'allowed')) return 'yes';
  // An authorizer that failed to decide has not said no.
  return text(answer, 'status', 'evaluationError') === '' ? 'no' : 'unknown';
}

export type Identity = { readonly username: string; readonly groups: readonly string[]; readonly uid: string };

/** SelfSubjectReview: who the server takes us for. Throws ApiError (404 before 1.27). */
export async function whoAmI(session: Session, signal?: AbortSignal): Promise<Identity> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = await post(session, '/apis/authentication.k8s.io/v1/selfsubjectreviews', body, signal);
  const user = record(answer, 'status', 'userInfo');
  const groups = list(user, 'groups').filter((group) => typeof group === 'string');
  return {
    username: cell(text(user, 'username')),
    groups: groups.map((group) => cell(group)),
    uid: cell(text(user, 'uid')),
  };
}

function post(session: Session, path: string, body: object, signal: AbortSignal | undefined): Promise<unknown> {
  return session.json({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    timeoutMs: 10_000,
    ...(signal && { signal }),
  });
}
