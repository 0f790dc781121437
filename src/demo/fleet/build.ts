// Puts one cluster of the fleet together in its settled state; life.ts sets it in motion.
import { ApiCluster } from '../api/cluster.ts';
import { controllers } from '../controllers/all.ts';
import { templateHash } from '../controllers/deployments.ts';
import { sliceOf } from '../controllers/endpoints.ts';
import { bytes, cores, requestsOf } from '../controllers/scheduler.ts';
import { isActive, type Node, type Pod } from '../controllers/types.ts';
import { World } from '../controllers/world.ts';
import { randomOf } from '../random.ts';
import { Builder } from './builders.ts';
import { seedCertificates, seedDefinitions } from './custom.ts';
import { appsOf, type ClusterData, day } from './data.ts';
import { seedAppExtras, seedShop } from './extras.ts';
import { hurtCheckout, seedBadCart } from './incident.ts';
import { seedBuilds } from './job-seeds.ts';
import { seedNode } from './node-seed.ts';
import { seedRights } from './rights.ts';
import { plainDeployment, seedCluster, seedSystems, systemNamespaces } from './systems.ts';
import { appTemplate, fluxLabels, hashFor } from './templates.ts';

export type FleetOptions = { readonly seed: number; readonly incident: boolean; readonly now: () => number };

/** A cluster of the fleet, complete and at rest. */
export function buildCluster(data: ClusterData, options: FleetOptions): World {
  const seed = `${options.seed}`;
  const cluster = new ApiCluster({
    name: data.name,
    version: data.version,
    now: options.now,
    random: randomOf(`${seed} ${data.name}`),
  });
  const world = new World(cluster, data.role, controllers);
  const b = new Builder(world, seed, options.now());
  for (const name of ['default', 'kube-system', 'kube-public', 'kube-node-lease']) b.namespace(name, 300 * day);
  const apps = appsOf(data.name);
  const shops = [...new Set(apps.map((a) => a.namespace))];
  const fillers = data.filler.map((f) => f.split('/') as [string, string]);
  const named = [...systemNamespaces(data), ...shops, ...fillers.map(([namespace]) => namespace)];
  if (data.role === 'build') named.push('builds');
  for (const name of new Set(named)) b.namespace(name, 250 * day);
  data.nodes.forEach((name, i) => {
    seedNode(b, name, {
      age: (90 - i * 3) * day,
      cpu: data.nodeCpu,
      memoryGi: data.nodeMemoryGi,
      region: data.region,
      runtime: data.runtime,
    });
  });
  seedDefinitions(b);
  seedRights(b, data, data.viewerNamespace);
  seedCluster(b, data);
  seedSystems(b, data);
  for (const app of apps) {
    const labels = {
      app: app.app,
      'app.kubernetes.io/name': app.app,
      'app.kubernetes.io/part-of': 'shop',
      ...fluxLabels,
    };
    const isIncident = options.incident && app.app === 'cart' && (data.name === 'run-eu' || data.name === 'run-us');
    if (isIncident) seedBadCart(b, data.name, labels);
    else
      b.deployment({
        name: app.app,
        namespace: app.namespace,
        labels,
        replicas: app.replicas,
        revision: app.revision,
        releases: app.releases.map((r) => ({ template: appTemplate(app.app, r.version), age: r.age })),
        hash: (template) => {
          const version = template.metadata.labels?.['app.kubernetes.io/version'] ?? '';
          return (app.app === 'cart' ? hashFor('cart', version) : templateHash)(template);
        },
        ...(app.paused === true ? { paused: true } : {}),
        ...(app.restarts === undefined ? {} : { restarts: app.restarts }),
      });
    seedAppExtras(b, data, app);
  }
  seedShop(b, data, shops);
  seedCertificates(b, data, shops.length === 0 ? [] : shops);
  if (data.role === 'build') seedBuilds(b);
  fill(b, data, fillers);
  if (options.incident && data.name === 'run-eu') hurtCheckout(b);
  for (const service of world.list('services'))
    if ((service.spec as { selector?: object }).selector !== undefined)
      b.put(
        'endpointslices.discovery.k8s.io',
        sliceOf(world, service as Parameters<typeof sliceOf>[1]),
        60 * day,
        'kube-controller-manager',
      );
  cluster.store.rv = b.lastVersion;
  cluster.store.compact();
  return world;
}

/** Workloads that bring the cluster to its number of pods and to the share of CPU and memory that it shows. */
function fill(b: Builder, data: ClusterData, fillers: readonly (readonly [string, string])[]): void {
  const pods = b.world.list<Pod>('pods');
  const missing = Math.max(fillers.length, data.pods - pods.length);
  const used = { cpu: 0, memory: 0 };
  for (const pod of pods.filter(isActive)) {
    const wants = requestsOf(pod);
    used.cpu += wants.cpu;
    used.memory += wants.memory;
  }
  const room = { cpu: 0, memory: 0 };
  for (const node of b.world.list<Node>('nodes')) {
    room.cpu += cores(node.status.allocatable?.cpu);
    room.memory += bytes(node.status.allocatable?.memory);
  }
  const cpu = Math.max(10, Math.floor(((room.cpu * data.requested.cpu - used.cpu) / missing) * 1000));
  const memory = Math.max(16, Math.floor((room.memory * data.requested.memory - used.memory) / missing / 2 ** 20));
  fillers.forEach(([namespace, name], i) => {
    const replicas = Math.floor(missing / fillers.length) + (i < missing % fillers.length ? 1 : 0);
    const image = `registry.example/${namespace}/${name}:2026.11.${4 + i}`;
    plainDeployment(
      b,
      [namespace, name, image, replicas],
      { cpu: `${cpu}m`, memory: `${memory}Mi` },
      (9 + i * 4) * day,
      'argocd-controller',
    );
  });
}
