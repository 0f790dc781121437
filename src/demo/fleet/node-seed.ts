// The nodes of a cluster.
import { type Json, rfc3339 } from '../api/objects.ts';
import { hashOf, uidOf } from '../random.ts';
import type { Builder } from './builders.ts';

export type NodePlan = {
  readonly age: number;
  readonly cpu: number;
  readonly memoryGi: number;
  readonly region: string;
  readonly runtime: string;
  readonly labels?: Record<string, string>;
  readonly taints?: readonly Json[];
};

/** A node that is ready and under no pressure. */
export function seedNode(b: Builder, name: string, spec: NodePlan): void {
  const h = hashOf(`${b.world.cluster.name} ${name}`);
  const since = rfc3339(b.start - spec.age);
  const address = `10.${20 + (h % 8)}.${(h >>> 8) & 63}.${10 + ((h >>> 16) % 200)}`;
  const memory = `${spec.memoryGi * 1024 * 1024}Ki`;
  const good = (type: string, reason: string, message: string, status = 'False'): Json => ({
    type,
    status,
    lastHeartbeatTime: rfc3339(b.start - 60_000),
    lastTransitionTime: since,
    reason,
    message,
  });
  b.put(
    'nodes',
    {
      kind: 'Node',
      apiVersion: 'v1',
      metadata: {
        name,
        labels: {
          'beta.kubernetes.io/arch': 'amd64',
          'beta.kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'node.kubernetes.io/instance-type': `m7.${spec.cpu}x${spec.memoryGi}`,
          'topology.kubernetes.io/region': spec.region,
          'topology.kubernetes.io/zone': `${spec.region}${name.slice(-1)}`,
          ...spec.labels,
        },
        annotations: {
          'node.alpha.kubernetes.io/ttl': '0',
          'volumes.kubernetes.io/controller-managed-attach-detach': 'true',
        },
      },
      spec: {
        podCIDR: `10.${100 + (h % 28)}.${h & 255}.0/24`,
        providerID: `demo:///${spec.region}/${name}`,
        taints: spec.taints,
      },
      status: {
        capacity: { cpu: String(spec.cpu), 'ephemeral-storage': '104845292Ki', memory, pods: '110' },
        allocatable: { cpu: `${spec.cpu * 1000 - 80}m`, 'ephemeral-storage': '95551679124', memory, pods: '110' },
        conditions: [
          good('MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
          good('DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
          good('PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
          good('Ready', 'KubeletReady', 'kubelet is posting ready status', 'True'),
        ],
        addresses: [
          { type: 'InternalIP', address },
          { type: 'Hostname', address: name },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
        nodeInfo: {
          machineID: uidOf(`machine ${name}`).replaceAll('-', ''),
          systemUUID: uidOf(`system ${name}`),
          bootID: uidOf(`boot ${name}`),
          kernelVersion: '6.12.41',
          osImage: 'Bottlerocket OS 1.46.0',
          containerRuntimeVersion: spec.runtime,
          kubeletVersion: `v${b.world.cluster.version}`,
          kubeProxyVersion: '',
          operatingSystem: 'linux',
          architecture: 'amd64',
        },
      },
    },
    spec.age,
    'kubelet',
  );
}
