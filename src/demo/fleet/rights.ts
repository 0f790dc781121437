// Users, roles and bindings of a demo cluster: the roles every cluster has, and what the four demo identities may do.
import type { Json } from '../api/objects.ts';
import type { Rule } from '../http/rbac.ts';
import type { Builder } from './builders.ts';
import type { ClusterData } from './data.ts';
import { day } from './data.ts';

const read = ['get', 'list', 'watch'];
const change = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const rbac = { apiVersion: 'rbac.authorization.k8s.io/v1' };

const viewRules: Rule[] = [
  {
    apiGroups: [''],
    resources: [
      'configmaps',
      'endpoints',
      'persistentvolumeclaims',
      'persistentvolumeclaims/status',
      'pods',
      'replicationcontrollers',
      'replicationcontrollers/scale',
      'serviceaccounts',
      'services',
      'services/status',
    ],
    verbs: read,
  },
  {
    apiGroups: [''],
    resources: [
      'bindings',
      'limitranges',
      'namespaces/status',
      'pods/log',
      'pods/status',
      'replicationcontrollers/status',
      'resourcequotas',
      'resourcequotas/status',
    ],
    verbs: read,
  },
  { apiGroups: [''], resources: ['namespaces'], verbs: read },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: read },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: read },
  {
    apiGroups: ['apps'],
    resources: [
      'controllerrevisions',
      'daemonsets',
      'daemonsets/status',
      'deployments',
      'deployments/scale',
      'deployments/status',
      'replicasets',
      'replicasets/scale',
      'replicasets/status',
      'statefulsets',
      'statefulsets/scale',
      'statefulsets/status',
    ],
    verbs: read,
  },
  {
    apiGroups: ['autoscaling'],
    resources: ['horizontalpodautoscalers', 'horizontalpodautoscalers/status'],
    verbs: read,
  },
  { apiGroups: ['batch'], resources: ['cronjobs', 'cronjobs/status', 'jobs', 'jobs/status'], verbs: read },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets', 'poddisruptionbudgets/status'], verbs: read },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'ingresses/status', 'networkpolicies'], verbs: read },
];

const editRules: Rule[] = [
  {
    apiGroups: [''],
    resources: ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy', 'secrets', 'services/proxy'],
    verbs: read,
  },
  { apiGroups: [''], resources: ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], verbs: change },
  { apiGroups: [''], resources: ['pods/eviction'], verbs: ['create'] },
  {
    apiGroups: [''],
    resources: ['configmaps', 'persistentvolumeclaims', 'secrets', 'serviceaccounts', 'services', 'services/proxy'],
    verbs: change,
  },
  { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: change },
  {
    apiGroups: ['apps'],
    resources: [
      'daemonsets',
      'deployments',
      'deployments/rollback',
      'deployments/scale',
      'replicasets',
      'replicasets/scale',
      'statefulsets',
      'statefulsets/scale',
    ],
    verbs: change,
  },
  { apiGroups: ['autoscaling'], resources: ['horizontalpodautoscalers'], verbs: change },
  { apiGroups: ['batch'], resources: ['cronjobs', 'jobs'], verbs: change },
  { apiGroups: ['policy'], resources: ['poddisruptionbudgets'], verbs: change },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses', 'networkpolicies'], verbs: change },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: [...change, ...read] },
  ...viewRules,
];

const coreKinds = [
  'configmaps',
  'endpoints',
  'limitranges',
  'namespaces',
  'persistentvolumeclaims',
  'persistentvolumes',
  'pods',
  'pods/log',
  'resourcequotas',
  'serviceaccounts',
  'services',
];
const otherGroups = [
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'apps',
  'autoscaling',
  'batch',
  'cert-manager.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'kustomize.toolkit.fluxcd.io',
  'networking.k8s.io',
  'node.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
];

/** Reads everything but Secrets; `view-1` leaves out nodes (with their metrics) and events. */
const readerRules = (all: boolean): Rule[] => [
  { apiGroups: [''], resources: all ? [...coreKinds, 'events', 'nodes'] : coreKinds, verbs: read },
  { apiGroups: otherGroups, resources: ['*'], verbs: read },
  { apiGroups: ['metrics.k8s.io'], resources: all ? ['nodes', 'pods'] : ['pods'], verbs: ['get', 'list'] },
  ...(all ? [{ apiGroups: ['events.k8s.io'], resources: ['events'], verbs: read }] : []),
];

const everything: Rule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];

const openPaths = ['/healthz', '/livez', '/readyz', '/version', '/version/'];

const clusterRoles = (data: ClusterData | null): Record<string, Rule[]> => ({
  'cluster-admin': everything,
  admin: editRules,
  edit: editRules,
  view: viewRules,
  'fleet-reader': readerRules(data?.role !== 'view'),
  'system:basic-user': [
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ],
  'system:discovery': [
    {
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ],
      verbs: ['get'],
    },
  ],
  'system:public-info-viewer': [{ nonResourceURLs: openPaths, verbs: ['get'] }],
});

const user = (name: string): Json => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name });
const group = (name: string): Json => ({ kind: 'Group', apiGroup: 'rbac.authorization.k8s.io', name });

/** Puts roles and bindings into a cluster. `data` null: a generated cluster, where ops is an administrator. */
export function seedRights(b: Builder, data: ClusterData | null, viewerNamespace: string): void {
  const age = 300 * day;
  for (const [name, rules] of Object.entries(clusterRoles(data)))
    b.put('clusterroles.rbac.authorization.k8s.io', { kind: 'ClusterRole', ...rbac, metadata: { name }, rules }, age);
  const bind = (name: string, role: string, subjects: Json[]): void => {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role };
    b.put(
      'clusterrolebindings.rbac.authorization.k8s.io',
      { kind: 'ClusterRoleBinding', ...rbac, metadata: { name }, subjects, roleRef },
      age,
    );
  };
  const bindIn = (namespace: string, name: string, role: string, subjects: Json[]): void => {
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role };
    b.put(
      'rolebindings.rbac.authorization.k8s.io',
      { kind: 'RoleBinding', ...rbac, metadata: { name, namespace }, subjects, roleRef },
      age,
    );
  };
  bind('cluster-admin', 'cluster-admin', [group('system:masters')]);
  bind('system:basic-user', 'system:basic-user', [group('system:authenticated')]);
  bind('system:discovery', 'system:discovery', [group('system:authenticated')]);
  bind('system:public-info-viewer', 'system:public-info-viewer', [
    group('system:authenticated'),
    group('system:unauthenticated'),
  ]);
  bindIn(viewerNamespace, 'viewer', 'view', [user('viewer')]);
  bind('ci', 'fleet-reader', [user('ci')]);
  const ops = user('ops');
  if (data === null || data.role === 'iterate') return bind('ops', 'cluster-admin', [ops]);
  bind('ops', 'fleet-reader', [ops]);
  if (data.role === 'build') bindIn('builds', 'ops-edit', 'edit', [ops]);
  if (data.role === 'run') bindIn('shop', 'ops-edit', 'edit', [ops]);
}
