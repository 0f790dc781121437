// How fake pods live, by the names of their images: what a kubelet would write into the status, in its own words, and
// the Events it would send. A pod heals when its image changes.
import { stage, type Requirement } from './kwok-stage.ts';

/**
 * Image names with a fate; whatever follows (`:tag`, `@digest`) is free.
 * - `/missing`: ErrImagePull, then ImagePullBackOff, in turns
 * - `/crash` or `/crash-42`: runs, ends with exit code 1 (42), CrashLoopBackOff, again
 * - `/oom`: as crash, with 137 and OOMKilled
 * - `/slow`: runs and is never ready
 * - `/badconfig`: CreateContainerConfigError for the first ConfigMap or Secret that its environment names
 * - `/long`: in a Job, never ends; elsewhere as any other image
 */
export const fates = ['missing', 'crash', 'oom', 'slow', 'badconfig'] as const;

const fatePattern = `/(?<fate>${fates.join('|')})(-[0-9]+)?([:@]|$)`;
const jqPattern = JSON.stringify(fatePattern);

const fate = `[.spec.containers[].image | capture(${jqPattern}).fate] | first // "none"`;

// What the container with a fate is doing: the reason it waits for, or "running", or "terminated".
const fatedState = `. as $pod | .spec.containers[] | select(.image | test(${jqPattern})) | .name as $n
  | $pod.status.containerStatuses[] | select(.name == $n) | .state
  | .waiting.reason // (if .running then "running" else "terminated" end)`;

const alive: Requirement = { key: '.metadata.deletionTimestamp', operator: 'DoesNotExist' };
const started: Requirement = { key: '.status.podIP', operator: 'Exists' };
const phase = (...values: string[]): Requirement => ({ key: '.status.phase', operator: 'In', values });
const initialized: Requirement = {
  key: '.status.conditions[] | select(.type == "Initialized") | .status',
  operator: 'In',
  values: ['True'],
};
const withFate = (...values: string[]): Requirement => ({ key: fate, operator: 'In', values });
const inState = (...values: string[]): Requirement => ({ key: fatedState, operator: 'In', values });
const notInState = (...values: string[]): Requirement => ({ key: fatedState, operator: 'NotIn', values });
const restarts: Requirement = { key: '.spec.restartPolicy', operator: 'NotIn', values: ['Never'] };
const neverRestarts: Requirement = { key: '.spec.restartPolicy', operator: 'In', values: ['Never'] };

const condition = (type: string, status: string, reason = '', message = ''): string =>
  `- {type: ${type}, status: ${status}, reason: ${reason}, message: ${message === '' ? '""' : message}, lastProbeTime: null, lastTransitionTime: {{ $now | Quote }}}`;

const unready = `'containers with unready status: [{{ range $i, $c := .spec.containers }}{{ if $i }} {{ end }}{{ $c.name }}{{ end }}]'`;

const readyConditions = (ready: boolean): string =>
  ['Ready', 'ContainersReady']
    .map((type) =>
      condition(type, ready ? '"True"' : '"False"', ready ? '""' : 'ContainersNotReady', ready ? '' : unready),
    )
    .join('\n');

// Sets $o to the container's status of before, with every field that the templates read.
const forEach = (list: string, body: string): string => `
{{ range $i, $c := ${list} }}
{{ $o := dict "restartCount" 0 "state" dict "lastState" dict }}
{{ range $s := (or (index (or $root.status dict) "containerStatuses") list) }}{{ if eq $s.name $c.name }}{{ $o = merge (deepCopy $s) $o }}{{ end }}{{ end }}
- name: {{ $c.name | Quote }}
  image: {{ $c.image | Quote }}
${body}
{{ end }}`;

const identity = (restartCount: string): string => `
  imageID: {{ printf "%s@sha256:%s" (regexReplaceAll "[:@][^/]*$" $c.image "") (sha256sum $c.image) | Quote }}
  containerID: {{ printf "containerd://%s" (sha256sum (printf "%s/%s/%v" $root.metadata.uid $c.name ${restartCount})) | Quote }}`;

const running = (ready: boolean, restartCount = '$o.restartCount'): string => `
  ready: ${ready}
  started: true
  restartCount: {{ ${restartCount} }}
  lastState: {{ $o.lastState | toJson }}
  state: {running: {startedAt: {{ dig "state" "running" "startedAt" $now $o | Quote }}}}
${identity(restartCount)}`;

const waiting = (reason: string, message = ''): string => `
  ready: false
  started: false
  restartCount: {{ $o.restartCount }}
  lastState: {{ $o.lastState | toJson }}
  imageID: ""
  state: {waiting: {reason: ${reason}${message === '' ? '' : `, message: ${message}`}}}`;

/** Every container runs and is ready but those with a fate, which are as `body` says. */
const fated = (body: string): string =>
  `containerStatuses:${forEach('.spec.containers', `{{ if regexMatch ${JSON.stringify(fatePattern)} $c.image }}${body}{{ else }}${running(true)}{{ end }}`)}`;

const header = `{{ $root := . }}{{ $now := Now }}`;

// An Event as the kubelet's recorder writes it, one for each container with a fate (or each container).
const event = (
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  options: { count?: string; all?: boolean; before?: string } = {},
): string => `
{{ $root := . }}{{ $now := now | date "2006-01-02T15:04:05Z07:00" }}
{{ $c := index .spec.containers 0 }}
${options.all === true ? '' : `{{ range .spec.containers }}{{ if regexMatch ${JSON.stringify(fatePattern)} .image }}{{ $c = . }}{{ end }}{{ end }}`}
{{ $o := dict "restartCount" 0 }}
{{ range $s := (or (index (or $root.status dict) "containerStatuses") list) }}{{ if eq $s.name $c.name }}{{ $o = $s }}{{ end }}{{ end }}
{{ $pod := printf "%s_%s(%s)" .metadata.name .metadata.namespace .metadata.uid }}
${options.before ?? ''}
{{ $message := ${message} }}
apiVersion: v1
kind: Event
metadata:
  name: {{ printf "%s.%s" .metadata.name (sha256sum (printf "%s/%s/%s" .metadata.uid "${reason}" $message) | trunc 16) }}
  namespace: {{ .metadata.namespace }}
involvedObject: {apiVersion: v1, kind: Pod, name: {{ .metadata.name }}, namespace: {{ .metadata.namespace }}, uid: {{ .metadata.uid }}, fieldPath: {{ printf "spec.containers{%s}" $c.name | Quote }}}
type: ${type}
reason: ${reason}
message: {{ $message | Quote }}
source: {component: kubelet, host: {{ .spec.nodeName }}}
reportingComponent: kubelet
reportingInstance: {{ .spec.nodeName }}
firstTimestamp: {{ or .status.startTime $now | Quote }}
lastTimestamp: {{ $now | Quote }}
count: {{ ${options.count ?? '1'} }}`;

// Grows with the pod's age, as the count of an Event does that repeats each 20 s.
const byAge = `add 1 (div (sub (now | unixEpoch | int64) ((toDate "2006-01-02T15:04:05Z07:00" .metadata.creationTimestamp) | unixEpoch | int64)) 20)`;

const pullError = (image: string): string =>
  `(printf "rpc error: code = NotFound desc = failed to pull and unpack image \\"%s\\": failed to resolve reference \\"%s\\": %s: not found" ${image} ${image} ${image})`;

const configError = `
{{ $message := "configmap \\"app-config\\" not found" }}
{{ range $c.envFrom }}{{ if .configMapRef }}{{ $message = printf "configmap %q not found" .configMapRef.name }}{{ else if .secretRef }}{{ $message = printf "secret %q not found" .secretRef.name }}{{ end }}{{ end }}
{{ range $c.env }}{{ if .valueFrom }}{{ if .valueFrom.configMapKeyRef }}{{ $message = printf "configmap %q not found" .valueFrom.configMapKeyRef.name }}{{ else if .valueFrom.secretKeyRef }}{{ $message = printf "secret %q not found" .valueFrom.secretKeyRef.name }}{{ end }}{{ end }}{{ end }}`;

const ended = `{exitCode: {{ $code }}, reason: {{ $why }}, startedAt: {{ dig "state" "running" "startedAt" $now $o | Quote }}, finishedAt: {{ $now | Quote }}, containerID: {{ printf "containerd://%s" (sha256sum (printf "%s/%s/%v" $root.metadata.uid $c.name $o.restartCount)) | Quote }}}`;

const exitCode = `
{{ $code := regexFind "[0-9]+$" (regexFind "/crash-[0-9]+" $c.image) | default "1" }}{{ $why := "Error" }}
{{ if regexMatch "/oom([:@]|$)" $c.image }}{{ $code = "137" }}{{ $why = "OOMKilled" }}{{ end }}`;

const addresses = `
hostIP: {{ NodeIPWith .spec.nodeName | Quote }}
hostIPs: [{ip: {{ NodeIPWith .spec.nodeName | Quote }}}]
{{ $ip := PodIPWith .spec.nodeName ( or .spec.hostNetwork false ) ( or .metadata.uid "" ) ( or .metadata.name "" ) ( or .metadata.namespace "" ) }}
podIP: {{ $ip | Quote }}
podIPs: [{ip: {{ $ip | Quote }}}]`;

const alwaysOn = `(eq (or $c.restartPolicy "") "Always")`;

const firstSteps: readonly object[] = [
  stage({
    name: 'pod-start',
    kind: 'Pod',
    when: [alive, { key: '.status.podIP', operator: 'DoesNotExist' }],
    delayMs: [50, 200],
    status: `${header}
phase: Pending
startTime: {{ $now | Quote }}
${addresses}
conditions:
${condition('PodReadyToStartContainers', '"True"', '""')}
{{ if .spec.initContainers }}
${condition('Initialized', '"False"', 'ContainersNotInitialized', `'containers with incomplete status: [{{ range $i, $c := .spec.initContainers }}{{ if $i }} {{ end }}{{ $c.name }}{{ end }}]'`)}
{{ else }}
${condition('Initialized', '"True"', '""')}
{{ end }}
${readyConditions(false)}
{{ range .spec.readinessGates }}
- {type: {{ .conditionType }}, status: "True", lastTransitionTime: {{ $now | Quote }}}
{{ end }}
{{ $wait := ternary "PodInitializing" "ContainerCreating" (gt (len (or .spec.initContainers list)) 0) }}
{{ if .spec.initContainers }}
initContainerStatuses:${forEach('.spec.initContainers', waiting('{{ $wait }}'))}
{{ end }}
containerStatuses:${forEach('.spec.containers', waiting('{{ $wait }}'))}`,
  }),
  stage({
    name: 'pod-init',
    kind: 'Pod',
    when: [alive, started, { ...initialized, operator: 'NotIn' }, phase('Pending')],
    delayMs: [100, 300],
    status: `${header}
conditions:
${condition('Initialized', '"True"', '""')}
initContainerStatuses:${forEach(
      '.spec.initContainers',
      `{{ if ${alwaysOn} }}${running(true)}{{ else }}
  ready: true
  started: false
  restartCount: 0
  state: {terminated: {exitCode: 0, reason: Completed, startedAt: {{ $now | Quote }}, finishedAt: {{ $now | Quote }}}}
${identity('0')}{{ end }}`,
    )}`,
  }),
  stage({
    name: 'pod-run',
    kind: 'Pod',
    when: [
      alive,
      started,
      phase('Pending', 'Running'),
      initialized,
      withFate('none'),
      {
        key: '.status.containerStatuses[] | select((.ready | not) and (.state.terminated | not)) | .name',
        operator: 'Exists',
      },
    ],
    delayMs: [100, 300],
    status: `${header}
phase: Running
conditions:
${readyConditions(true)}
containerStatuses:${forEach('.spec.containers', running(true))}`,
    apply: [
      event('Normal', 'Pulled', 'printf "Container image %q already present on machine" $c.image', { all: true }),
      event('Normal', 'Started', 'printf "Container started"', { all: true }),
    ],
  }),
  stage({
    name: 'pod-complete',
    kind: 'Pod',
    when: [
      alive,
      phase('Running'),
      withFate('none'),
      { key: '.metadata.ownerReferences[].kind', operator: 'In', values: ['Job'] },
      { key: '.spec.containers[].image | select(test("/long([:@]|$)"))', operator: 'DoesNotExist' },
      { key: '.status.containerStatuses[] | select(.ready | not) | .name', operator: 'DoesNotExist' },
    ],
    delayMs: [500, 1000],
    status: `${header}
phase: Succeeded
conditions:
${condition('Ready', '"False"', 'PodCompleted')}
${condition('ContainersReady', '"False"', 'PodCompleted')}
containerStatuses:${forEach(
      '.spec.containers',
      `{{ $code := "0" }}{{ $why := "Completed" }}
  ready: false
  started: false
  restartCount: {{ $o.restartCount }}
  state: {terminated: ${ended}}
${identity('$o.restartCount')}`,
    )}`,
  }),
  stage({
    name: 'pod-delete',
    kind: 'Pod',
    when: [
      { key: '.metadata.deletionTimestamp', operator: 'Exists' },
      { key: '.metadata.finalizers', operator: 'DoesNotExist' },
    ],
    delayMs: [200, 400],
    delete: true,
  }),
];

const pulling: readonly object[] = [
  stage({
    name: 'pod-missing-pull',
    kind: 'Pod',
    when: [alive, initialized, withFate('missing'), notInState('ErrImagePull', 'ImagePullBackOff')],
    delayMs: [200, 400],
    status: `${header}
conditions:
${readyConditions(false)}
${fated(waiting('ErrImagePull', `{{ ${pullError('$c.image')} | Quote }}`))}`,
    apply: [
      event('Normal', 'Pulling', 'printf "Pulling image %q" $c.image', { count: byAge }),
      event('Warning', 'Failed', `printf "Failed to pull image %q: %s" $c.image ${pullError('$c.image')}`, {
        count: byAge,
      }),
      event('Warning', 'Failed', '"Error: ErrImagePull"', { count: byAge }),
    ],
  }),
  stage({
    name: 'pod-missing-backoff',
    kind: 'Pod',
    when: [alive, withFate('missing'), inState('ErrImagePull')],
    delayMs: [1000, 1500],
    status: `${header}
${fated(waiting('ImagePullBackOff', `{{ printf "Back-off pulling image %q: ErrImagePull: %s" $c.image ${pullError('$c.image')} | Quote }}`))}`,
    apply: [
      event('Normal', 'BackOff', 'printf "Back-off pulling image %q" $c.image', { count: byAge }),
      event('Warning', 'Failed', '"Error: ImagePullBackOff"', { count: byAge }),
    ],
  }),
  stage({
    name: 'pod-missing-again',
    kind: 'Pod',
    when: [alive, withFate('missing'), inState('ImagePullBackOff')],
    delayMs: [20_000, 22_000],
    status: `${header}
${fated(waiting('ErrImagePull', `{{ ${pullError('$c.image')} | Quote }}`))}`,
  }),
  stage({
    name: 'pod-badconfig',
    kind: 'Pod',
    when: [alive, initialized, withFate('badconfig'), notInState('CreateContainerConfigError')],
    delayMs: [200, 400],
    status: `${header}
conditions:
${readyConditions(false)}
${fated(`${configError}${waiting('CreateContainerConfigError', '{{ $message | Quote }}')}`)}`,
    apply: [event('Warning', 'Failed', 'printf "Error: %s" $message', { count: byAge, before: configError })],
  }),
];

const ending: readonly object[] = [
  stage({
    name: 'pod-crash-run',
    kind: 'Pod',
    when: [alive, initialized, withFate('crash', 'oom'), notInState('running', 'terminated', 'CrashLoopBackOff')],
    delayMs: [100, 300],
    status: `${header}
phase: Running
conditions:
${readyConditions(true)}
${fated(running(true))}`,
    apply: [event('Normal', 'Started', 'printf "Container started"')],
  }),
  stage({
    name: 'pod-crash-end',
    kind: 'Pod',
    when: [alive, withFate('crash', 'oom'), inState('running'), restarts],
    delayMs: [800, 1200],
    status: `${header}
conditions:
${readyConditions(false)}
${fated(`${exitCode}
{{ $pod := printf "%s_%s(%s)" $root.metadata.name $root.metadata.namespace $root.metadata.uid }}
{{ $seconds := min 300 (mul 10 (index (list 1 2 4 8 16 32) (min 5 (int $o.restartCount)))) }}
  ready: false
  started: false
  restartCount: {{ $o.restartCount }}
  lastState: {terminated: ${ended}}
  state: {waiting: {reason: CrashLoopBackOff, message: {{ printf "back-off %s restarting failed container=%s pod=%s" (duration $seconds) $c.name $pod | Quote }}}}
${identity('$o.restartCount')}`)}`,
    apply: [
      event('Warning', 'BackOff', 'printf "Back-off restarting failed container %s in pod %s" $c.name $pod', {
        count: 'add 1 (int $o.restartCount)',
      }),
    ],
  }),
  stage({
    name: 'pod-crash-restart',
    kind: 'Pod',
    when: [alive, withFate('crash', 'oom'), inState('CrashLoopBackOff'), restarts],
    delayMs: [4000, 5000],
    status: `${header}
conditions:
${readyConditions(true)}
${fated(running(true, '(add 1 (int $o.restartCount))'))}`,
  }),
  stage({
    name: 'pod-crash-fail',
    kind: 'Pod',
    when: [alive, phase('Running'), withFate('crash', 'oom'), inState('running'), neverRestarts],
    delayMs: [500, 800],
    status: `${header}
phase: Failed
conditions:
${condition('Ready', '"False"', 'PodFailed')}
${condition('ContainersReady', '"False"', 'PodFailed')}
containerStatuses:${forEach(
      '.spec.containers',
      `${exitCode}
  ready: false
  started: false
  restartCount: {{ $o.restartCount }}
  state: {terminated: ${ended}}
${identity('$o.restartCount')}`,
    )}`,
  }),
  stage({
    name: 'pod-slow-run',
    kind: 'Pod',
    when: [
      alive,
      initialized,
      withFate('slow'),
      {
        key: `. as $pod | .spec.containers[] | select(.image | test(${jqPattern})) | .name as $n
          | $pod.status.containerStatuses[] | select(.name == $n and (.ready or (.state.running | not))) | .name`,
        operator: 'Exists',
      },
    ],
    delayMs: [200, 400],
    status: `${header}
phase: Running
conditions:
${readyConditions(false)}
${fated(running(false))}`,
    apply: [
      event('Normal', 'Started', 'printf "Container started"'),
      event('Warning', 'Unhealthy', '"Readiness probe failed: HTTP probe failed with statuscode: 503"'),
    ],
  }),
];

export const podStages: readonly object[] = [...firstSteps, ...pulling, ...ending];
