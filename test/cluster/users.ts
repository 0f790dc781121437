// Who may ask a test cluster: users with bearer tokens, and the few RBAC objects that give them rights.

export type User = {
  readonly name: string;
  readonly token: string;
  readonly groups?: readonly string[];
};

/** The namespace in which `ns-only` may read, and nowhere else. */
export const onlyNamespace = 'only';

/**
 * Always there, beside `admin` with its client certificate:
 * `viewer` reads everything but Secrets, `nobody` has no right at all, `ns-only` reads in one namespace.
 */
export const standardUsers: readonly User[] = [
  { name: 'viewer', token: 'viewer-token' },
  { name: 'nobody', token: 'nobody-token' },
  { name: 'ns-only', token: 'ns-only-token' },
];

/** The `--token-auth-file`: token, user, uid, groups. */
export function tokensFile(users: readonly User[]): string {
  return users
    .map((user, i) => `${user.token},${user.name},uid-${i + 1},"${(user.groups ?? []).join(',')}"\n`)
    .join('');
}

export type Rule = {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
};

export type Grant = {
  /** A ClusterRole that exists, or rules for a new role named after the user. */
  readonly role: string | readonly Rule[];
  /** Where; everywhere when it is left out. */
  readonly namespace?: string;
};

/** The objects of a grant, to be applied or deleted together. */
export function grantObjects(user: string, grant: Grant): readonly object[] {
  const { namespace, role } = grant;
  const kind = namespace === undefined ? 'ClusterRole' : 'Role';
  const ruleName = `${user}-${typeof role === 'string' ? role : 'rules'}`;
  const metadata = { name: ruleName, ...(namespace === undefined ? {} : { namespace }) };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const binding = {
    apiVersion,
    kind: `${kind}Binding`,
    metadata,
    roleRef: {
      apiGroup: 'rbac.authorization.k8s.io',
      ...(typeof role === 'string' ? { kind: 'ClusterRole', name: role } : { kind, name: ruleName }),
    },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  };
  return typeof role === 'string' ? [binding] : [{ apiVersion, kind, metadata, rules: role }, binding];
}

/** What `viewer` may read beyond the ClusterRole `view`. */
export const viewerRules: readonly Rule[] = [
  {
    apiGroups: [''],
    resources: ['nodes', 'namespaces', 'persistentvolumes', 'componentstatuses'],
    verbs: ['get', 'list', 'watch'],
  },
  {
    apiGroups: [
      'apiextensions.k8s.io',
      'apiregistration.k8s.io',
      'storage.k8s.io',
      'scheduling.k8s.io',
      'node.k8s.io',
      'networking.k8s.io',
      'admissionregistration.k8s.io',
      'rbac.authorization.k8s.io',
      'metrics.k8s.io',
      'coordination.k8s.io',
      'events.k8s.io',
    ],
    resources: ['*'],
    verbs: ['get', 'list', 'watch'],
  },
];
