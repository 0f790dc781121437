// Starts real control planes on loopback: one etcd, and per cluster an API server (own prefix in etcd), a controller
// manager, a scheduler and kwok (fake nodes and kubelets). Needs no root and no container runtime.
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { apiClient } from './api-client.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { type Child, type Children, lastLines, ownChildren } from './children.ts';
import { type TestCluster, testCluster, writeKubeconfig } from './cluster.ts';
import * as components from './components.ts';
import { etcdClient } from './etcd.ts';
import { kwokConfig } from './kwok-config.ts';
import { podLogWriter } from './pod-log.ts';
import { type ReservedPort, reservePort } from './ports.ts';
import { findTools, toolPath } from './tools.ts';
import { until } from './until.ts';
import { onlyNamespace, standardUsers, tokensFile, type User, viewerRules } from './users.ts';

export type ClusterOptions = {
  /** Name of the cluster and of its context; default `c1`, `c2` … */
  readonly name?: string;
  /** Fake nodes; default as for the control plane. */
  readonly nodes?: number;
  /** Feature gates of the API server, such as `{ WatchList: false }`. */
  readonly gates?: Readonly<Record<string, boolean>>;
  /** False: the API server alone, without controllers, scheduler and kubelets. */
  readonly controllers?: boolean;
  /** A real metrics server over kwok's resource metrics. */
  readonly metrics?: boolean;
  /** More flags of the API server, such as `--goaway-chance=0.02`. */
  readonly flags?: readonly string[];
};

export type ControlPlaneOptions = {
  readonly clusters: number | readonly ClusterOptions[];
  /** Fake nodes of each cluster; default 2. */
  readonly nodes?: number;
  readonly gates?: Readonly<Record<string, boolean>>;
  /** Beside `viewer`, `nobody` and `ns-only`. */
  readonly users?: readonly User[];
  /** Address of the nodes, and so of pods with hostNetwork. The API server refuses to proxy to loopback addresses. */
  readonly nodeAddress?: string;
};

export type ControlPlane = {
  /** Contexts of all clusters as administrator. */
  readonly kubeconfigPath: string;
  readonly clusters: readonly TestCluster[];
  readonly users: readonly User[];
  readonly certificates: Certificates;
  /** Folder of this run: keys, logs, data. Gone after `stop`. */
  readonly dir: string;
  cluster(name: string): TestCluster;
  /** A kubeconfig with the same contexts, but as another user; written once, later calls give the same path. */
  kubeconfigFor(user: string, namespace?: string): string;
  /** Kills everything and removes the folder. */
  stop(): Promise<void>;
};

/** Starts everything and resolves when nodes are ready and pods can be created. Throws when the tools are not built. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  const tools = findTools();
  if (tools.type !== 'ready') {
    throw new Error(tools.type === 'unavailable' ? tools.reason : 'not built yet: npm run test:cluster -- --build');
  }
  const dir = mkdtempSync(join(tmpdir(), 'flagbridge-cluster-'));
  const children = ownChildren(dir);
  try {
    return await start(options, tools.dir, dir, children);
  } catch (error) {
    await children.stop();
    throw error;
  }
}

async function start(
  options: ControlPlaneOptions,
  tools: string,
  dir: string,
  children: Children,
): Promise<ControlPlane> {
  const nodeAddress = options.nodeAddress ?? '127.0.0.1';
  const users = [...standardUsers, ...(options.users ?? [])];
  const wanted = (
    typeof options.clusters === 'number' ? Array.from({ length: options.clusters }, () => ({})) : options.clusters
  ).map((each: ClusterOptions, i) => ({
    name: each.name ?? `c${i + 1}`,
    nodes: each.nodes ?? options.nodes ?? 2,
    gates: { ...options.gates, ...each.gates },
    controllers: each.controllers ?? true,
    metrics: each.metrics ?? false,
    flags: each.flags ?? [],
  }));
  const certificates = await makeCertificates(dir, [...new Set(['127.0.0.1', nodeAddress])]);
  podLogWriter(join(dir, 'any-pod.log')).write(['no log file was given to this pod']);
  mkdirSync(join(dir, 'exec'));
  writeFileSync(join(dir, 'kwok.yaml'), kwokConfig(tools, join(dir, 'any-pod.log'), join(dir, 'exec')));

  const etcdPorts = [await reservePort(), await reservePort()] as const;
  const etcdUrl = `http://127.0.0.1:${etcdPorts[0].number}`;
  await Promise.all(etcdPorts.map((port) => port.release()));
  const etcdProcess = children.start(
    'etcd',
    toolPath(tools, 'etcd'),
    components.etcdArgs(etcdPorts[0].number, etcdPorts[1].number),
  );
  const etcd = etcdClient(etcdUrl);
  await ready('etcd', etcdProcess, () => etcd.revision());

  const withPorts = [];
  for (const each of wanted)
    withPorts.push({ ...each, port: await reservePort(), kubelet: await reservePort(nodeAddress) });
  const entries = withPorts.map(({ name, port }) => ({ name, server: `https://127.0.0.1:${port.number}` }));
  const writeFor = (file: string, user: string, identity: object, current: string, namespace?: string): string => {
    const contexts = entries.map(({ name }) => ({
      name,
      cluster: name,
      user,
      ...(namespace === undefined ? {} : { namespace }),
    }));
    writeKubeconfig(file, {
      ca: certificates.ca,
      clusters: entries,
      users: [{ name: user, user: identity }],
      contexts,
      current,
    });
    return file;
  };
  const admin = {
    'client-certificate-data': certificates.admin.cert.toString('base64'),
    'client-key-data': certificates.admin.key.toString('base64'),
  };
  const first = entries[0]?.name ?? '';
  const kubeconfigPath = writeFor(join(dir, 'kubeconfig'), 'admin', admin, first);

  const clusters = await Promise.all(
    withPorts.map(async (each) => {
      mkdirSync(join(dir, each.name));
      const kubeconfig = writeFor(join(dir, each.name, 'kubeconfig'), 'admin', admin, each.name);
      return startCluster(each, { tools, dir, children, users, nodeAddress, etcd, etcdUrl, certificates, kubeconfig });
    }),
  );

  return {
    kubeconfigPath,
    clusters,
    users,
    certificates,
    dir,
    cluster(name) {
      const found = clusters.find((each) => each.name === name);
      if (found === undefined) throw new Error(`no cluster ${name} here`);
      return found;
    },
    kubeconfigFor(name, namespace) {
      const user = users.find((each) => each.name === name);
      if (user === undefined) throw new Error(`no user ${name} here`);
      const file = join(dir, `kubeconfig-${name}${namespace === undefined ? '' : `-${namespace}`}`);
      return writeFor(file, name, { token: user.token }, first, namespace);
    },
    async stop() {
      for (const cluster of clusters) cluster.api.close();
      await children.stop();
    },
  };
}

type Shared = {
  readonly tools: string;
  readonly dir: string;
  readonly children: Children;
  readonly users: readonly User[];
  readonly nodeAddress: string;
  readonly etcd: ReturnType<typeof etcdClient>;
  readonly etcdUrl: string;
  readonly certificates: Certificates;
  readonly kubeconfig: string;
};

async function startCluster(
  options: Required<ClusterOptions> & { readonly port: ReservedPort; readonly kubelet: ReservedPort },
  shared: Shared,
): Promise<TestCluster> {
  const { children, dir, tools } = shared;
  const { name } = options;
  const server = `https://127.0.0.1:${options.port.number}`;
  const api = apiClient(server, shared.certificates.ca, shared.certificates.admin);
  const files: components.ClusterFiles = {
    name,
    port: options.port.number,
    kubeletPort: options.kubelet.number,
    nodeAddress: shared.nodeAddress,
    etcd: shared.etcdUrl,
    kubeconfig: join(name, 'kubeconfig'),
    tokens: join(name, 'tokens.csv'),
  };
  let apiserver: Child | null = null;
  let kubelets: Child | null = null;

  const startApiserver = async (users: readonly User[]): Promise<void> => {
    writeFileSync(join(dir, files.tokens), tokensFile(users), { mode: 0o600 });
    apiserver = children.start(
      `${name}/apiserver`,
      toolPath(tools, 'kube-apiserver'),
      components.apiserverArgs(files, options),
    );
    await ready(`the API server of ${name}`, apiserver, async () => (await api.call('GET', '/readyz')).status === 200);
  };
  const startKubelets = async (): Promise<void> => {
    await options.kubelet.release();
    kubelets = children.start(`${name}/kwok`, toolPath(tools, 'kwok'), components.kwokArgs(files, 'kwok.yaml'));
  };
  const stop = async (child: Child | null): Promise<void> => {
    child?.signal('SIGKILL');
    await child?.ended;
  };

  await options.port.release();
  await startApiserver(shared.users);
  const cluster = testCluster({
    name,
    server,
    dir,
    kubeconfigPath: shared.kubeconfig,
    users: shared.users,
    api,
    kubectlPath: toolPath(tools, 'kubectl'),
    apiserver: {
      signal: (signal) => apiserver?.signal(signal),
      stop: () => stop(apiserver),
      start: startApiserver,
    },
    kubelets: { start: startKubelets, stop: () => stop(kubelets) },
    compact: () => shared.etcd.compact(),
  });
  if (options.controllers) {
    children.start(
      `${name}/controller-manager`,
      toolPath(tools, 'kube-controller-manager'),
      components.controllerManagerArgs(files),
    );
    children.start(`${name}/scheduler`, toolPath(tools, 'kube-scheduler'), components.schedulerArgs(files));
  }
  await cluster.apply([
    ...(options.controllers ? [] : [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }]),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: onlyNamespace } },
    ...Array.from({ length: options.nodes }, (_, i) => node(`${name}-node-${i + 1}`)),
  ]);
  await cluster.grant('viewer', { role: 'view' });
  await cluster.grant('viewer', { role: viewerRules });
  await cluster.grant('ns-only', { role: 'view', namespace: onlyNamespace });
  if (!options.controllers) return cluster;

  await cluster.apply(readFileSync(join(tools, 'crds', 'logs.yaml'), 'utf8'));
  await until(
    `the log kind of kwok on ${name}`,
    async () => (await api.call('GET', '/apis/kwok.x-k8s.io/v1alpha1/logs')).status === 200,
  );
  await startKubelets();
  for (const namespace of ['default', onlyNamespace]) await cluster.namespace(namespace);
  await until(`the nodes of ${name}`, async () => {
    const list = (await api.get('/api/v1/nodes')) as {
      items: { status?: { conditions?: { type: string; status: string }[] } }[];
    };
    const isReady = (each: (typeof list.items)[number]): boolean =>
      each.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
    return list.items.filter(isReady).length === options.nodes;
  });
  if (options.metrics) {
    const port = await reservePort();
    await port.release();
    children.start(
      `${name}/metrics-server`,
      toolPath(tools, 'metrics-server'),
      components.metricsServerArgs(files, port.number),
    );
    await cluster.apply(components.metricsApiObjects(port.number));
  }
  return cluster;
}

function node(name: string): object {
  const resources = { cpu: '32', memory: '256Gi', pods: '500', 'ephemeral-storage': '1Ti' };
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      annotations: {
        'kwok.x-k8s.io/node': 'fake',
        'metrics.k8s.io/resource-metrics-path': `/metrics/nodes/${name}/metrics/resource`,
      },
      labels: {
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'kubernetes.io/hostname': name,
        type: 'kwok',
      },
    },
    status: { allocatable: resources, capacity: resources },
  };
}

async function ready(what: string, child: Child, ask: () => Promise<unknown>): Promise<void> {
  let over = false;
  void child.ended.then(() => {
    over = true;
  });
  try {
    await until(what, () => (over ? 'ended' : ask()), { timeoutMs: 90_000 });
  } catch (cause) {
    throw new Error(`${what} is not ready: ${lastLines(child.logFile)}`, { cause });
  }
  if (over) throw new Error(`${what} ended at once: ${lastLines(child.logFile)}`);
}
