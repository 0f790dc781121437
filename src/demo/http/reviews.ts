// SelfSubjectAccessReview, SelfSubjectRulesReview and SelfSubjectReview: what one may do, and who one is.
import { record, text } from '../../core/object.ts';
import type { Json } from '../api/objects.ts';
import { rfc3339 } from '../api/objects.ts';
import { badRequest } from '../api/status-bodies.ts';
import type { Identity } from './identity.ts';
import type { Authorizer } from './rbac.ts';

/** The answer to a review POST; null for a kind that is no review. */
export function review(
  kind: string,
  body: Json,
  who: Identity,
  authorizer: Authorizer,
  manager: string,
  now: number,
): Json | null {
  const head = { kind, apiVersion: String(body.apiVersion ?? 'authorization.k8s.io/v1') };
  const spec = record(body, 'spec');
  if (kind === 'SelfSubjectAccessReview' || kind === 'LocalSubjectAccessReview' || kind === 'SubjectAccessReview') {
    const about = record(spec, 'resourceAttributes');
    const path = record(spec, 'nonResourceAttributes');
    const subject: Identity =
      kind === 'SelfSubjectAccessReview'
        ? who
        : {
            username: text(spec, 'user'),
            uid: text(spec, 'uid'),
            groups: [...((spec.groups ?? []) as readonly string[])],
            extra: {},
          };
    const decision = authorizer.decide(subject, {
      verb: text(about, 'verb') || text(path, 'verb'),
      group: text(about, 'group'),
      resource: text(about, 'resource'),
      subresource: text(about, 'subresource'),
      namespace: text(about, 'namespace'),
      name: text(about, 'name'),
      ...('path' in path ? { path: text(path, 'path') } : {}),
    });
    const order = ['namespace', 'verb', 'group', 'version', 'resource', 'subresource', 'name'];
    const inOrder = Object.fromEntries(order.filter((key) => key in about).map((key) => [key, about[key]]));
    const fields = Object.fromEntries(Object.keys(inOrder).map((key) => [`f:${key}`, {}]));
    const managed = {
      manager,
      operation: 'Update',
      apiVersion: head.apiVersion,
      time: rfc3339(now),
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:spec': { 'f:resourceAttributes': { '.': {}, ...fields } } },
    };
    return {
      ...head,
      metadata: { managedFields: [managed] },
      spec: 'resourceAttributes' in spec ? { ...spec, resourceAttributes: inOrder } : spec,
      status: { allowed: decision.allowed, ...(decision.reason === '' ? {} : { reason: decision.reason }) },
    };
  }
  if (kind === 'SelfSubjectRulesReview') {
    const namespace = text(spec, 'namespace');
    if (namespace === '') throw badRequest('no namespace on request');
    const rules = authorizer.rules(who, namespace);
    return {
      ...head,
      metadata: {},
      spec: {},
      status: {
        resourceRules: rules
          .filter((r) => (r.resources ?? []).length > 0)
          .map((r) => ({
            verbs: r.verbs,
            apiGroups: r.apiGroups ?? [],
            resources: r.resources ?? [],
            ...((r.resourceNames ?? []).length === 0 ? {} : { resourceNames: r.resourceNames }),
          })),
        nonResourceRules: rules
          .filter((r) => (r.nonResourceURLs ?? []).length > 0)
          .map((r) => ({ verbs: r.verbs, nonResourceURLs: r.nonResourceURLs })),
        incomplete: false,
      },
    };
  }
  if (kind === 'SelfSubjectReview')
    return {
      kind,
      apiVersion: 'authentication.k8s.io/v1',
      metadata: { creationTimestamp: rfc3339(now) },
      status: {
        userInfo: {
          username: who.username,
          ...(who.uid === '' ? {} : { uid: who.uid }),
          groups: who.groups,
          ...(Object.keys(who.extra).length === 0 ? {} : { extra: who.extra }),
        },
      },
    };
  return null;
}
