// One cluster of a test control plane, as tests see it: ask it, change it, break it.
import { type ChildProcess, execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiClient } from './api-client.ts';
import { nodeFaultAnnotation } from './node-stages.ts';
import { type PodLogWriter, podLogWriter } from './pod-log.ts';
import { until } from './until.ts';
import { type Grant, grantObjects, type User } from './users.ts';

export type NodeFault = 'NotReady' | 'MemoryPressure' | 'DiskPressure' | 'PIDPressure';

export type TestCluster = {
  readonly name: string;
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** Kubeconfig of the administrator with this cluster's context as the current one. */
  readonly kubeconfigPath: string;
  readonly users: readonly User[];
  /** Raw calls as administrator. */
  readonly api: ApiClient;
  /** Runs kubectl as administrator; resolves with what it printed, rejects with what it complained about. */
  kubectl(...args: string[]): Promise<string>;
  /** Server-side apply of YAML documents or objects. */
  apply(documents: string | readonly object[]): Promise<void>;
  /** Makes a namespace and waits until pods can be created in it. */
  namespace(name: string): Promise<void>;
  /** Gives a user rights; `revoke` takes them back. */
  grant(user: string, grant: Grant): Promise<{ revoke(): Promise<void> }>;
  /** Makes a user's token invalid. The API server reads its tokens at its start, so it is restarted. */
  revokeToken(user: string): Promise<void>;
  /** Makes it valid again; the API server is restarted. */
  restoreToken(user: string): Promise<void>;
  /** SIGKILL to the API server. */
  kill(): Promise<void>;
  /** SIGTERM: it says GOAWAY, refuses new connections and serves open watches for up to a minute. */
  terminate(): void;
  /** SIGSTOP: connections stay open and nobody answers. */
  freeze(): void;
  /** SIGCONT. */
  thaw(): void;
  /** Starts the API server again (after killing it when it runs) and waits until it is ready. */
  restart(): Promise<void>;
  /** Ends the fake kubelets: leases run out after 40 s, and the nodes become unknown. */
  stopKubelets(): Promise<void>;
  startKubelets(): Promise<void>;
  /** Makes a node ill, or well again with null; resolves when its conditions say so. */
  nodeFault(node: string, fault: NodeFault | null): Promise<void>;
  /** Gives a pod (or one of its containers) a log file of its own. `previous` is the log of the run before. */
  podLog(
    namespace: string,
    pod: string,
    options?: { container?: string; previous?: readonly string[] },
  ): Promise<PodLogWriter>;
  /** Compacts the history of etcd up to now. Shared by all clusters of a control plane. */
  compact(): Promise<void>;
};

/** What the control plane lends to its clusters. */
export type ClusterParts = {
  readonly name: string;
  readonly server: string;
  readonly dir: string;
  readonly kubeconfigPath: string;
  readonly users: readonly User[];
  readonly api: ApiClient;
  readonly kubectlPath: string;
  readonly apiserver: {
    signal(signal: NodeJS.Signals): void;
    /** Kills it and waits until it is gone. */
    stop(): Promise<void>;
    /** Starts it with the tokens of these users and waits until it is ready. */
    start(users: readonly User[]): Promise<void>;
  };
  readonly kubelets: { stop(): Promise<void>; start(): Promise<void> };
  compact(): Promise<void>;
};

export function testCluster(parts: ClusterParts): TestCluster {
  const { api, name } = parts;
  let users = parts.users;

  const kubectl = (args: readonly string[], input?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const child: ChildProcess = execFile(
        parts.kubectlPath,
        args,
        {
          maxBuffer: 256 << 20,
          timeout: 120_000,
          env: {
            ...process.env,
            KUBECONFIG: parts.kubeconfigPath,
            KUBECACHEDIR: join(parts.dir, 'kubectl-cache'),
            KUBERC: 'off',
          },
        },
        (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Error(`kubectl ${args.join(' ')} on ${name}: ${stderr.trim() || error.message}`));
        },
      );
      child.stdin?.end(input ?? '');
    });

  const apply = async (documents: string | readonly object[]): Promise<void> => {
    const text = typeof documents === 'string' ? documents : asDocuments(documents);
    await kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], text);
  };

  return {
    name,
    server: parts.server,
    kubeconfigPath: parts.kubeconfigPath,
    users: parts.users,
    api,
    kubectl: (...args) => kubectl(args),
    apply,
    async namespace(namespace) {
      await apply([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
      await until(`the default service account of ${namespace}`, () =>
        api.get(`/api/v1/namespaces/${namespace}/serviceaccounts/default`),
      );
    },
    async grant(user, grant) {
      const objects = grantObjects(user, grant);
      await apply(objects);
      return {
        async revoke() {
          const text = asDocuments(objects);
          await kubectl(['delete', '--ignore-not-found', '-f', '-'], text);
        },
      };
    },
    async revokeToken(user) {
      users = users.filter((each) => each.name !== user);
      await parts.apiserver.stop();
      await parts.apiserver.start(users);
    },
    async restoreToken(user) {
      users = parts.users.filter((each) => each.name === user || users.includes(each));
      await parts.apiserver.stop();
      await parts.apiserver.start(users);
    },
    kill: () => parts.apiserver.stop(),
    terminate: () => parts.apiserver.signal('SIGTERM'),
    freeze: () => parts.apiserver.signal('SIGSTOP'),
    thaw: () => parts.apiserver.signal('SIGCONT'),
    async restart() {
      await parts.apiserver.stop();
      await parts.apiserver.start(users);
    },
    stopKubelets: () => parts.kubelets.stop(),
    startKubelets: () => parts.kubelets.start(),
    async nodeFault(node, fault) {
      const type = fault === null || fault === 'NotReady' ? 'Ready' : fault;
      const wanted = fault === null || fault !== 'NotReady' ? 'True' : 'False';
      const patch = { metadata: { annotations: { [nodeFaultAnnotation]: fault } } };
      const answer = await api.call('PATCH', `/api/v1/nodes/${node}`, patch, 'application/merge-patch+json');
      if (answer.status !== 200) throw new Error(`node ${node} on ${name}: ${answer.status} ${answer.body}`);
      await until(`node ${node} to be ${type}=${wanted}`, async () => {
        const object = (await api.get(`/api/v1/nodes/${node}`)) as {
          status: { conditions?: { type: string; status: string }[] };
        };
        return object.status.conditions?.some((each) => each.type === type && each.status === wanted);
      });
    },
    async podLog(namespace, pod, { container, previous = [] } = {}) {
      const base = join(
        parts.dir,
        name,
        'pod-logs',
        namespace,
        `${pod}${container === undefined ? '' : `.${container}`}`,
      );
      const writer = podLogWriter(`${base}.log`);
      podLogWriter(`${base}.previous.log`).write(previous);
      const path = `/apis/kwok.x-k8s.io/v1alpha1/namespaces/${namespace}/logs`;
      const existing = await api.call('GET', `${path}/${pod}`);
      const before =
        existing.status === 200
          ? (JSON.parse(existing.body) as { spec: { logs: { containers?: string[] }[] } }).spec.logs
          : [];
      const same = (each: { containers?: string[] }): boolean => (each.containers ?? [])[0] === container;
      const entry = {
        ...(container === undefined ? {} : { containers: [container] }),
        logsFile: writer.file,
        previousLogsFile: `${base}.previous.log`,
        follow: true,
      };
      await apply([
        {
          apiVersion: 'kwok.x-k8s.io/v1alpha1',
          kind: 'Logs',
          metadata: { name: pod, namespace },
          spec: { logs: [...before.filter((each) => !same(each)), entry] },
        },
      ]);
      return writer;
    },
    compact: () => parts.compact(),
  };
}

// JSON, which every YAML reader takes the same way: kubectl's reads the plain word `yes` as true.
const asDocuments = (objects: readonly object[]): string => objects.map((each) => JSON.stringify(each)).join('\n---\n');

/** Writes a kubeconfig with one context for each of the given clusters and users. */
export function writeKubeconfig(
  file: string,
  options: {
    readonly ca: Buffer;
    readonly clusters: readonly { readonly name: string; readonly server: string }[];
    readonly users: readonly { readonly name: string; readonly user: object }[];
    readonly contexts: readonly {
      readonly name: string;
      readonly cluster: string;
      readonly user: string;
      readonly namespace?: string;
    }[];
    readonly current: string;
  },
): void {
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': options.current,
    clusters: options.clusters.map(({ name, server }) => ({
      name,
      cluster: { server, 'certificate-authority-data': options.ca.toString('base64') },
    })),
    users: options.users,
    contexts: options.contexts.map(({ name, ...context }) => ({ name, context })),
  };
  writeFileSync(file, JSON.stringify(document, null, 2), { mode: 0o600 });
}
