// The command lines of the programs of one cluster.

export type ClusterFiles = {
  readonly name: string;
  readonly port: number;
  /** Port and address of the fake kubelets. */
  readonly kubeletPort: number;
  readonly nodeAddress: string;
  readonly etcd: string;
  readonly kubeconfig: string;
  readonly tokens: string;
};

/** All relative paths are below the folder of the run, which is every program's working directory. */
export function apiserverArgs(
  cluster: ClusterFiles,
  options: { gates: Readonly<Record<string, boolean>>; controllers: boolean; flags: readonly string[] },
): string[] {
  const gates = Object.entries(options.gates).map(([name, on]) => `${name}=${on}`);
  return [
    `--etcd-servers=${cluster.etcd}`,
    `--etcd-prefix=/${cluster.name}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${cluster.port}`,
    `--cert-dir=${cluster.name}`,
    '--tls-cert-file=srv.crt',
    '--tls-private-key-file=srv.key',
    '--client-ca-file=ca.crt',
    `--token-auth-file=${cluster.tokens}`,
    '--authorization-mode=Node,RBAC',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    '--service-account-key-file=sa.pub',
    '--service-account-signing-key-file=sa.key',
    '--service-cluster-ip-range=10.96.0.0/16',
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
    '--profiling=false',
    '--requestheader-client-ca-file=ca.crt',
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    '--requestheader-allowed-names=proxy',
    '--proxy-client-cert-file=proxy.crt',
    '--proxy-client-key-file=proxy.key',
    // Without a controller manager nobody makes the default service accounts, and no pod would be admitted.
    ...(options.controllers ? [] : ['--disable-admission-plugins=ServiceAccount']),
    ...(gates.length === 0 ? [] : [`--feature-gates=${gates.join(',')}`]),
    ...options.flags,
  ];
}

export function etcdArgs(port: number, peerPort: number): string[] {
  return [
    '--data-dir=etcd',
    `--listen-client-urls=http://127.0.0.1:${port}`,
    `--advertise-client-urls=http://127.0.0.1:${port}`,
    `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

export function controllerManagerArgs(cluster: ClusterFiles): string[] {
  return [
    `--kubeconfig=${cluster.kubeconfig}`,
    '--leader-elect=false',
    '--service-account-private-key-file=sa.key',
    '--root-ca-file=ca.crt',
    '--secure-port=0',
    '--use-service-account-credentials=false',
    // A node is called dead after this time without a lease of its kubelet (40 s is the default, kept).
    '--node-monitor-period=2s',
    // Half of the cluster may be ill in a test; evictions must not slow down for it.
    '--horizontal-pod-autoscaler-sync-period=5s',
  ];
}

export function schedulerArgs(cluster: ClusterFiles): string[] {
  return [`--kubeconfig=${cluster.kubeconfig}`, '--leader-elect=false', '--secure-port=0'];
}

export function kwokArgs(cluster: ClusterFiles, config: string): string[] {
  return [
    `--kubeconfig=${cluster.kubeconfig}`,
    `--config=${config}`,
    '--manage-all-nodes=true',
    '--enable-crds=Logs',
    `--node-ip=${cluster.nodeAddress}`,
    `--node-port=${cluster.kubeletPort}`,
    `--server-address=${cluster.nodeAddress}:${cluster.kubeletPort}`,
    '--tls-cert-file=srv.crt',
    '--tls-private-key-file=srv.key',
    '--node-lease-duration-seconds=40',
  ];
}

export function metricsServerArgs(cluster: ClusterFiles, port: number): string[] {
  return [
    `--kubeconfig=${cluster.kubeconfig}`,
    `--authentication-kubeconfig=${cluster.kubeconfig}`,
    `--authorization-kubeconfig=${cluster.kubeconfig}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${cluster.name}`,
    '--kubelet-insecure-tls',
    '--kubelet-use-node-status-port',
    '--kubelet-preferred-address-types=InternalIP',
    // It refuses to start unless a kubelet is given less time than there is between two rounds.
    '--metric-resolution=10s',
    '--kubelet-request-timeout=5s',
    '--tls-cert-file=srv.crt',
    '--tls-private-key-file=srv.key',
  ];
}

/** The aggregator follows an ExternalName service, so that the metrics server may run outside the cluster. */
export function metricsApiObjects(port: number): readonly object[] {
  const service = { name: 'metrics-server', namespace: 'kube-system' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: service,
      spec: { type: 'ExternalName', externalName: 'localhost', ports: [{ port }] },
    },
    {
      apiVersion: 'apiregistration.k8s.io/v1',
      kind: 'APIService',
      metadata: { name: 'v1beta1.metrics.k8s.io' },
      spec: {
        group: 'metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        insecureSkipTLSVerify: true,
        service: { ...service, port },
      },
    },
  ];
}
