// How fake nodes live: ready at once, and ill while an annotation says so.
import { stage } from './kwok-stage.ts';

/** `NotReady`, `MemoryPressure`, `DiskPressure` or `PIDPressure`; without it the node is well. */
export const nodeFaultAnnotation = 'cluster.test/fault';

const fault = `(.metadata.annotations["${nodeFaultAnnotation}"] // "")`;

// Whether the conditions are what the annotation asks for: "settled" or "changed".
const settled = `${fault} as $f
  | [.status.conditions[]? | select(.type == "Ready") | .status] as $ready
  | [.status.conditions[]? | select((.type | endswith("Pressure")) and .status == "True") | .type] as $pressure
  | if $ready == [if $f == "NotReady" then "False" else "True" end]
      and $pressure == (if ($f | endswith("Pressure")) then [$f] else [] end)
    then "settled" else "changed" end`;

const condition = (type: string, well: string, good: string, bad: string, message: [string, string]): string => `
{{ if eq $fault "${type === 'Ready' ? 'NotReady' : type}" }}
- {type: ${type}, status: "${well === 'True' ? 'False' : 'True'}", reason: ${bad}, message: ${JSON.stringify(message[1])}, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
{{ else }}
- {type: ${type}, status: "${well}", reason: ${good}, message: ${JSON.stringify(message[0])}, lastHeartbeatTime: {{ $now | Quote }}, lastTransitionTime: {{ $now | Quote }}}
{{ end }}`;

const status = `
{{ $now := Now }}
{{ $fault := dig "metadata" "annotations" "${nodeFaultAnnotation}" "" . }}
conditions:
${condition('Ready', 'True', 'KubeletReady', 'KubeletNotReady', [
  'kubelet is posting ready status',
  'container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized',
])}
${condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'KubeletHasInsufficientMemory', [
  'kubelet has sufficient memory available',
  'kubelet has insufficient memory available',
])}
${condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'KubeletHasDiskPressure', [
  'kubelet has no disk pressure',
  'kubelet has disk pressure',
])}
${condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'KubeletHasInsufficientPID', [
  'kubelet has sufficient PID available',
  'kubelet has insufficient PID available',
])}
addresses:
- {type: InternalIP, address: {{ NodeIP | Quote }}}
- {type: Hostname, address: {{ NodeName | Quote }}}
daemonEndpoints: {kubeletEndpoint: {Port: {{ NodePort }}}}
nodeInfo:
  architecture: amd64
  operatingSystem: linux
  bootID: ""
  machineID: ""
  systemUUID: ""
  kernelVersion: 6.1.0
  osImage: kwok
  containerRuntimeVersion: containerd://2.1.0
  kubeletVersion: {{ dig "metadata" "labels" "cluster.test/kubelet" "v1.36.1" . }}
  kubeProxyVersion: ""
phase: Running`;

export const nodeStages: readonly object[] = [
  stage({
    name: 'node-conditions',
    kind: 'Node',
    when: [{ key: settled, operator: 'In', values: ['changed'] }],
    status,
  }),
];
