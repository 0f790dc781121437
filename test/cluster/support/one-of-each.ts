// One object of about every kind that people look at, custom ones included: something to list.
import type { TestCluster } from '../cluster.ts';
import { until } from '../until.ts';
import * as make from './objects.ts';

export const home = 'listed';

/** Never shown by anything: looked for in all that the program says of Secrets. */
export const secretValue = 'swordfish-never-shown';

const described = (type: string): make.Fields => ({ type: 'object', properties: { [type]: { type: 'string' } } });

/** A kind of our own; with columns of its own, or without any. */
function customKind(
  kind: string,
  scope: 'Namespaced' | 'Cluster',
  additionalPrinterColumns: readonly object[],
): object {
  const plural = `${kind.toLowerCase()}s`;
  const schema = {
    openAPIV3Schema: { type: 'object', properties: { spec: described('size'), status: described('phase') } },
  };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.acme.test` },
    spec: {
      group: 'acme.test',
      scope,
      names: { kind, plural, singular: kind.toLowerCase(), shortNames: [kind.slice(0, 2).toLowerCase()] },
      versions: [{ name: 'v1', served: true, storage: true, schema, additionalPrinterColumns }],
    },
  };
}

const custom = (kind: string, name: string, size: string, namespace?: string): object => ({
  apiVersion: 'acme.test/v1',
  kind,
  metadata: { name, labels: { size }, ...(namespace === undefined ? {} : { namespace }) },
  spec: { size },
  status: { phase: 'Ready' },
});

/** Everything, in every namespace it needs; resolves when nothing is under way any more. */
export async function applyOneOfEach(cluster: TestCluster): Promise<void> {
  await cluster.namespace(home);
  await cluster.apply([
    customKind('Widget', 'Namespaced', [
      { name: 'Size', type: 'string', jsonPath: '.spec.size' },
      { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
      { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
    ]),
    customKind('Gadget', 'Cluster', []),
  ]);
  for (const kind of ['widgets', 'gadgets'])
    await until(`the API of ${kind}`, () => cluster.api.get(`/apis/acme.test/v1/${kind}`));
  await cluster.apply([
    make.deployment(home, 'web', { image: 'web:1' }, { replicas: 2 }),
    make.statefulSet(home, 'store', { image: 'store:1' }),
    make.daemonSet(home, 'agent', { image: 'agent:1' }),
    make.job(home, 'import', { image: 'import:1' }),
    make.cronJob(home, 'nightly', { image: 'nightly:1' }, { suspend: true }),
    make.service(home, 'web', 'web'),
    make.quota(home, 'roomy', { pods: '100' }),
    make.storageClass('by-hand', 'Immediate'),
    make.volume('shelf', 'by-hand'),
    make.claim(home, 'shelf', 'by-hand'),
    make.configMap(home, 'settings'),
    make.webhook('gentle', 'Ignore', { namespace: home, name: 'web', path: '/' }, 'nobody'),
    make.autoscaler(home, 'web', 2, 2),
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: home, labels: { a: 'b' } },
      stringData: { password: secretValue },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name: 'web', namespace: home },
      spec: { defaultBackend: { service: { name: 'web', port: { number: 443 } } } },
    },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'closed', namespace: home },
      spec: { podSelector: {}, policyTypes: ['Ingress'] },
    },
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace: home },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
    },
    {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'small', namespace: home },
      spec: { limits: [{ type: 'Container', default: { memory: '64Mi' } }] },
    },
    { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'urgent' }, value: 1000 },
    { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', metadata: { name: 'sandbox' }, handler: 'sandbox' },
    ...['small', 'large'].map((size) => custom('Widget', `w-${size}`, size, home)),
    custom('Gadget', 'g-1', 'small'),
  ]);
  await cluster.kubectl('-n', home, 'rollout', 'status', 'deployment/web', '--timeout=60s');
  await cluster.kubectl('-n', home, 'wait', 'job/import', '--for=condition=complete', '--timeout=60s');
  await cluster.kubectl('-n', home, 'wait', 'pvc/shelf', '--for=jsonpath={.status.phase}=Bound', '--timeout=60s');
}
