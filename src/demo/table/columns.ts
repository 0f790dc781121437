// Server-side tables of the built-in kinds: the columns of a real 1.36 server and how each cell is made.
import { at, flag, list, record, text } from '../../core/object.ts';
import type { ApiObject } from '../api/objects.ts';
import { ageOf } from './age.ts';
import { type Cells, labelCell, orNone, podStatus, restartsCell } from './cells.ts';
import { age, n, name, type Rows, rows } from './rows.ts';
import { workloadTables } from './workload-tables.ts';

const quantities = (value: unknown, prefix: (key: string) => boolean, used: unknown): string =>
  Object.keys(record(value))
    .filter(prefix)
    .sort()
    .map((key) => `${key}: ${text(used, key) || '0'}/${text(value, key)}`)
    .join(', ');
const modes = (value: readonly unknown[]): string =>
  value
    .map(
      (m) => ({ ReadWriteOnce: 'RWO', ReadOnlyMany: 'ROX', ReadWriteMany: 'RWX', ReadWriteOncePod: 'RWOP' })[String(m)],
    )
    .join(',');
const subjects = (o: ApiObject, kind: string): string =>
  list(o, 'subjects')
    .filter((s) => text(s, 'kind') === kind)
    .map((s) => (kind === 'ServiceAccount' ? `${text(s, 'namespace')}/${text(s, 'name')}` : text(s, 'name')))
    .join(', ');

function nodeCells(o: ApiObject, now: number): Cells {
  const ready = list(o, 'status', 'conditions').find((c) => text(c, 'type') === 'Ready');
  const state = text(ready, 'status') === 'True' ? 'Ready' : ready === undefined ? 'Unknown' : 'NotReady';
  const roles = Object.keys(o.metadata.labels ?? {})
    .filter((l) => l.startsWith('node-role.kubernetes.io/'))
    .map((l) => l.slice(24))
    .sort()
    .join(',');
  const address = (type: string): string =>
    orNone(
      text(
        list(o, 'status', 'addresses').find((a) => text(a, 'type') === type),
        'address',
      ),
    );
  const info = at(o, 'status', 'nodeInfo');
  return [
    name(o),
    flag(o, 'spec', 'unschedulable') ? `${state},SchedulingDisabled` : state,
    orNone(roles),
    age(o, now),
    text(info, 'kubeletVersion'),
    address('InternalIP'),
    address('ExternalIP'),
    text(info, 'osImage') || '<unknown>',
    text(info, 'kernelVersion') || '<unknown>',
    text(info, 'containerRuntimeVersion') || '<unknown>',
  ];
}

function podCells(o: ApiObject, now: number): Cells {
  const s = podStatus(o);
  const gates = list(o, 'spec', 'readinessGates').length;
  return [
    name(o),
    `${s.ready}/${s.total}`,
    s.reason,
    restartsCell(s.restarts, now),
    age(o, now),
    orNone(text(o, 'status', 'podIP')),
    orNone(text(o, 'spec', 'nodeName')),
    orNone(text(o, 'status', 'nominatedNodeName')),
    gates === 0 ? '<none>' : `0/${gates}`,
  ];
}

function eventCells(o: ApiObject, now: number): Cells {
  const about = record(at(o, 'involvedObject') ?? at(o, 'regarding'));
  const first = text(o, 'firstTimestamp') || text(o, 'deprecatedFirstTimestamp') || text(o, 'eventTime');
  const last =
    text(o, 'series', 'lastObservedTime') || text(o, 'lastTimestamp') || text(o, 'deprecatedLastTimestamp') || first;
  const source = text(at(o, 'source') ?? at(o, 'deprecatedSource'), 'component');
  const who = source || text(o, 'reportingComponent') || text(o, 'reportingController');
  return [
    ageOf(last || undefined, now),
    text(o, 'type'),
    text(o, 'reason'),
    `${text(about, 'kind').toLowerCase()}/${text(about, 'name')}`,
    text(about, 'fieldPath'),
    who,
    (text(o, 'message') || text(o, 'note')).trim(),
    ageOf(first || undefined, now),
    n(o, 'series', 'count') || n(o, 'count') || n(o, 'deprecatedCount') || 1,
    name(o),
  ];
}

function serviceCells(o: ApiObject, now: number): Cells {
  const ports = list(o, 'spec', 'ports').map((p) => {
    const nodePort = n(p, 'nodePort');
    return `${n(p, 'port')}${nodePort === 0 ? '' : `:${nodePort}`}/${text(p, 'protocol') || 'TCP'}`;
  });
  const ingress = list(o, 'status', 'loadBalancer', 'ingress').map((i) => text(i, 'ip') || text(i, 'hostname'));
  const type = text(o, 'spec', 'type') || 'ClusterIP';
  const external =
    type === 'ExternalName'
      ? text(o, 'spec', 'externalName')
      : ingress.join(',') || (type === 'LoadBalancer' ? '<pending>' : '<none>');
  return [
    name(o),
    type,
    orNone(text(o, 'spec', 'clusterIP')),
    external,
    orNone(ports.join(',')),
    age(o, now),
    labelCell(at(o, 'spec', 'selector')),
  ];
}

/** Tables by storage name. */
export const tables: Readonly<Record<string, Rows>> = {
  ...workloadTables,
  pods: rows('Name|f Ready Status Restarts Age IP|w Node|w Nominated_Node|w Readiness_Gates|w', podCells),
  nodes: rows(
    'Name|f Status Roles Age Version Internal-IP|w External-IP|w OS-Image|w Kernel-Version|w Container-Runtime|w',
    nodeCells,
  ),
  namespaces: rows('Name|f Status Age', (o, now) => [name(o), text(o, 'status', 'phase'), age(o, now)]),
  events: rows('Last_Seen Type Reason Object Subobject|w Source|w Message First_Seen|w Count|w Name|fw', eventCells),
  services: rows('Name|f Type Cluster-IP External-IP Port(s) Age Selector|w', serviceCells),
  configmaps: rows('Name|f Data Age', (o, now) => [
    name(o),
    Object.keys(record(o, 'data')).length + Object.keys(record(o, 'binaryData')).length,
    age(o, now),
  ]),
  secrets: rows('Name|f Type Data Age', (o, now) => [
    name(o),
    text(o, 'type'),
    Object.keys(record(o, 'data')).length,
    age(o, now),
  ]),
  serviceaccounts: rows('Name|f Age', (o, now) => [name(o), age(o, now)]),
  resourcequotas: rows('Name|f Request Limit Age', (o, now) => {
    const [hard, used] = [at(o, 'status', 'hard'), at(o, 'status', 'used')];
    return [
      name(o),
      quantities(hard, (k) => !k.startsWith('limits.'), used),
      quantities(hard, (k) => k.startsWith('limits.'), used),
      age(o, now),
    ];
  }),
  persistentvolumeclaims: rows(
    'Name|f Status Volume Capacity Access_Modes StorageClass VolumeAttributesClass Age VolumeMode|w',
    (o, now) => [
      name(o),
      o.metadata.deletionTimestamp === undefined ? text(o, 'status', 'phase') : 'Terminating',
      text(o, 'spec', 'volumeName'),
      text(o, 'status', 'capacity', 'storage'),
      modes(list(o, 'status', 'accessModes')),
      text(o, 'spec', 'storageClassName'),
      '<unset>',
      age(o, now),
      text(o, 'spec', 'volumeMode') || 'Filesystem',
    ],
  ),
  persistentvolumes: rows(
    'Name|f Capacity Access_Modes Reclaim_Policy Status Claim StorageClass VolumeAttributesClass Reason Age VolumeMode|w',
    (o, now) => {
      const claim = at(o, 'spec', 'claimRef');
      return [
        name(o),
        text(o, 'spec', 'capacity', 'storage'),
        modes(list(o, 'spec', 'accessModes')),
        text(o, 'spec', 'persistentVolumeReclaimPolicy'),
        text(o, 'status', 'phase'),
        claim === undefined ? '' : `${text(claim, 'namespace')}/${text(claim, 'name')}`,
        text(o, 'spec', 'storageClassName'),
        '<unset>',
        text(o, 'status', 'reason'),
        age(o, now),
        text(o, 'spec', 'volumeMode') || 'Filesystem',
      ];
    },
  ),
  'ingresses.networking.k8s.io': rows('Name|f Class Hosts Address Ports Age', (o, now) => [
    name(o),
    orNone(text(o, 'spec', 'ingressClassName')),
    list(o, 'spec', 'rules')
      .map((r) => text(r, 'host') || '*')
      .join(',') || '*',
    list(o, 'status', 'loadBalancer', 'ingress')
      .map((i) => text(i, 'ip') || text(i, 'hostname'))
      .join(','),
    list(o, 'spec', 'tls').length === 0 ? '80' : '80, 443',
    age(o, now),
  ]),
  'endpointslices.discovery.k8s.io': rows('Name|f AddressType Ports Endpoints Age', (o, now) => [
    name(o),
    text(o, 'addressType'),
    list(o, 'ports')
      .map((p) => String(n(p, 'port')))
      .join(',') || '<unset>',
    list(o, 'endpoints')
      .flatMap((e) => list(e, 'addresses'))
      .slice(0, 3)
      .join(',') || '<unset>',
    age(o, now),
  ]),
  'leases.coordination.k8s.io': rows('Name|f Holder Age', (o, now) => [
    name(o),
    text(o, 'spec', 'holderIdentity'),
    age(o, now),
  ]),
  'poddisruptionbudgets.policy': rows('Name|f Min_Available Max_Unavailable Allowed_Disruptions|i Age', (o, now) => [
    name(o),
    String(at(o, 'spec', 'minAvailable') ?? 'N/A'),
    String(at(o, 'spec', 'maxUnavailable') ?? 'N/A'),
    n(o, 'status', 'disruptionsAllowed'),
    age(o, now),
  ]),
  'apiservices.apiregistration.k8s.io': rows('Name|f Service Available Age', (o, now) => {
    const service = at(o, 'spec', 'service');
    const state = list(o, 'status', 'conditions').find((c) => text(c, 'type') === 'Available');
    const available = text(state, 'status') || 'Unknown';
    return [
      name(o),
      service === undefined || service === null ? 'Local' : `${text(service, 'namespace')}/${text(service, 'name')}`,
      available === 'True' ? 'True' : `${available} (${text(state, 'reason')})`,
      age(o, now),
    ];
  }),
  'clusterrolebindings.rbac.authorization.k8s.io': bindingRows(),
  'rolebindings.rbac.authorization.k8s.io': bindingRows(),
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': webhookRows(),
  'validatingwebhookconfigurations.admissionregistration.k8s.io': webhookRows(),
  'storageclasses.storage.k8s.io': rows(
    'Name|f Provisioner ReclaimPolicy VolumeBindingMode AllowVolumeExpansion Age',
    (o, now) => {
      const fallback = o.metadata.annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true';
      return [
        fallback ? `${name(o)} (default)` : name(o),
        text(o, 'provisioner'),
        text(o, 'reclaimPolicy') || 'Delete',
        text(o, 'volumeBindingMode') || 'Immediate',
        flag(o, 'allowVolumeExpansion'),
        age(o, now),
      ];
    },
  ),
  'priorityclasses.scheduling.k8s.io': rows('Name|f Value|i Global-Default|b Age PreemptionPolicy', (o, now) => [
    name(o),
    n(o, 'value'),
    flag(o, 'globalDefault'),
    age(o, now),
    text(o, 'preemptionPolicy') || 'PreemptLowerPriority',
  ]),
};

function bindingRows(): Rows {
  return rows('Name|f Role Age Users|w Groups|w ServiceAccounts|w', (o, now) => [
    name(o),
    `${text(o, 'roleRef', 'kind')}/${text(o, 'roleRef', 'name')}`,
    age(o, now),
    subjects(o, 'User'),
    subjects(o, 'Group'),
    subjects(o, 'ServiceAccount'),
  ]);
}

function webhookRows(): Rows {
  return rows('Name|f Webhooks|i Age', (o, now) => [name(o), list(o, 'webhooks').length, age(o, now)]);
}

/** Kinds without a printer of their own: what a real server shows for ClusterRoles and CRDs. */
export const createdAt: Rows = rows('Name|f Created_At|d', (o) => [name(o), o.metadata.creationTimestamp]);
