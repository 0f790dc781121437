// Authorisation as the RBAC authoriser of a real server decides it, from the roles and bindings in the store, behind a
// list of rules that faults deny while the cluster runs.
import { list, text } from '../../core/object.ts';
import type { ApiCluster } from '../api/cluster.ts';
import type { ApiObject } from '../api/objects.ts';
import { type ApiFailure, forbidden } from '../api/status-bodies.ts';
import type { Identity } from './identity.ts';

export type Attributes = {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  /** Set for a path that is no resource. */
  readonly path?: string;
};

export type Rule = {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
};

/** What a fault takes away. Absent fields match everything. */
export type DenyRule = {
  readonly user?: string;
  readonly verb?: string;
  /** `pods`, `pods/log`, `deployments`. */
  readonly resource?: string;
  readonly namespace?: string;
};

const rbac = 'rbac.authorization.k8s.io';
const resourceWord = (a: Attributes): string => (a.subresource === '' ? a.resource : `${a.resource}/${a.subresource}`);

function allows(rule: Rule, a: Attributes): boolean {
  if (!rule.verbs.includes('*') && !rule.verbs.includes(a.verb)) return false;
  if (a.path !== undefined)
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith('*') ? a.path?.startsWith(url.slice(0, -1)) : url === a.path,
    );
  const groups = rule.apiGroups ?? [];
  if (!groups.includes('*') && !groups.includes(a.group)) return false;
  const resources = rule.resources ?? [];
  const word = resourceWord(a);
  const listed =
    resources.includes('*') ||
    resources.includes(word) ||
    (a.subresource !== '' && resources.includes(`*/${a.subresource}`));
  if (!listed) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || names.includes(a.name);
}

export type Decision = { readonly allowed: boolean; readonly reason: string };

export class Authorizer {
  readonly #cluster: ApiCluster;
  readonly denied: DenyRule[] = [];

  constructor(cluster: ApiCluster) {
    this.#cluster = cluster;
  }

  #denies(who: Identity, a: Attributes): boolean {
    return this.denied.some(
      (d) =>
        (d.user === undefined || d.user === who.username) &&
        (d.verb === undefined || d.verb === '*' || d.verb === a.verb) &&
        (d.resource === undefined || d.resource === '*' || d.resource === resourceWord(a)) &&
        (d.namespace === undefined || d.namespace === a.namespace),
    );
  }

  /** Every rule that holds for this identity in a namespace, with the words for its origin. */
  *#rules(who: Identity, namespace: string): Generator<{ readonly rule: Rule; readonly reason: string }> {
    const subjectOf = (binding: ApiObject, ns: string): string | null => {
      for (const s of list(binding, 'subjects')) {
        const [kind, name] = [text(s, 'kind'), text(s, 'name')];
        if (kind === 'User' && name === who.username) return `User "${name}"`;
        if (kind === 'Group' && who.groups.includes(name)) return `Group "${name}"`;
        const account = `system:serviceaccount:${text(s, 'namespace') || ns}:${name}`;
        if (kind === 'ServiceAccount' && account === who.username)
          return `ServiceAccount "${name}/${text(s, 'namespace') || ns}"`;
      }
      return null;
    };
    const roleOf = (binding: ApiObject, ns: string): { readonly words: string; readonly rules: readonly Rule[] } => {
      const kind = text(binding, 'roleRef', 'kind');
      const name = text(binding, 'roleRef', 'name');
      const store = this.#cluster.store.collection(kind === 'ClusterRole' ? `clusterroles.${rbac}` : `roles.${rbac}`);
      const role = store.get(kind === 'ClusterRole' ? name : `${ns}/${name}`)?.object;
      const words = kind === 'ClusterRole' ? `ClusterRole "${name}"` : `Role "${name}/${ns}"`;
      return { words, rules: list(role, 'rules') as readonly Rule[] };
    };
    const clusterBindings = this.#cluster.store.collection(`clusterrolebindings.${rbac}`);
    for (const key of clusterBindings.keys()) {
      const binding = clusterBindings.get(key)?.object;
      const subject = binding && subjectOf(binding, '');
      if (binding === undefined || subject === null || subject === undefined) continue;
      const role = roleOf(binding, '');
      const reason = `RBAC: allowed by ClusterRoleBinding "${key}" of ${role.words} to ${subject}`;
      for (const rule of role.rules) yield { rule, reason };
    }
    if (namespace === '') return;
    const bindings = this.#cluster.store.collection(`rolebindings.${rbac}`);
    for (const key of bindings.keys()) {
      if (!key.startsWith(`${namespace}/`)) continue;
      const binding = bindings.get(key)?.object;
      const subject = binding && subjectOf(binding, namespace);
      if (binding === undefined || subject === null || subject === undefined) continue;
      const role = roleOf(binding, namespace);
      const reason = `RBAC: allowed by RoleBinding "${binding.metadata.name}/${namespace}" of ${role.words} to ${subject}`;
      for (const rule of role.rules) yield { rule: { ...rule, nonResourceURLs: [] }, reason };
    }
  }

  decide(who: Identity, a: Attributes): Decision {
    if (this.#denies(who, a)) return { allowed: false, reason: '' };
    if (who.groups.includes('system:masters')) return { allowed: true, reason: '' };
    for (const { rule, reason } of this.#rules(who, a.namespace)) if (allows(rule, a)) return { allowed: true, reason };
    return { allowed: false, reason: '' };
  }

  rules(who: Identity, namespace: string): readonly Rule[] {
    const all = [...this.#rules(who, namespace)].map((r) => r.rule);
    if (!who.groups.includes('system:masters')) return all;
    return [...all, { verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { verbs: ['*'], nonResourceURLs: ['*'] }];
  }

  /** Throws the 403 of a real server when the rule is missing. */
  require(who: Identity, a: Attributes): void {
    if (!this.decide(who, a).allowed) throw denial(who, a);
  }
}

/** The words in which RBAC refuses. */
export function denial(who: Identity, a: Attributes): ApiFailure {
  const user = `User ${JSON.stringify(who.username)}`;
  if (a.path !== undefined) return forbidden(`forbidden: ${user} cannot ${a.verb} path "${a.path}"`, {});
  const type = a.group === '' ? a.resource : `${a.resource}.${a.group}`;
  const where = a.namespace === '' ? 'at the cluster scope' : `in the namespace "${a.namespace}"`;
  const about = a.name === '' ? type : `${type} ${JSON.stringify(a.name)}`;
  return forbidden(
    `${about} is forbidden: ${user} cannot ${a.verb} resource "${resourceWord(a)}" in API group "${a.group}" ${where}`,
    { name: a.name, group: a.group, kind: a.resource },
  );
}
