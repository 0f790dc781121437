// Containers of a pod, or of the template that a controller makes pods from: image, state, last end, resources.
import { duration } from '../../core/format.ts';
import { at, flag, type KubeObject, list, number, record, text, time } from '../../core/object.ts';
import type { DocumentLine } from '../../protocol/messages.ts';
import { heading, line } from './document-line.ts';

/** Lines of every container, init containers first; none for a kind that has no containers. */
export function containerLines(object: KubeObject, now: number): DocumentLine[] {
  const template =
    at(object, 'spec', 'template', 'spec') ?? at(object, 'spec', 'jobTemplate', 'spec', 'template', 'spec');
  const spec = template === undefined ? at(object, 'spec') : template;
  const groups: readonly (readonly [string, string, string])[] = [
    ['Init containers', 'initContainers', 'initContainerStatuses'],
    ['Containers', 'containers', 'containerStatuses'],
    ['Ephemeral containers', 'ephemeralContainers', 'ephemeralContainerStatuses'],
  ];
  const lines: DocumentLine[] = [];
  for (const [title, field, statusField] of groups) {
    const containers = list(spec, field);
    if (containers.length === 0) continue;
    const statuses = new Map(
      list(object, 'status', statusField).map((status) => [text(status, 'name'), status] as const),
    );
    lines.push(heading(title));
    for (const container of containers) lines.push(...one(container, statuses.get(text(container, 'name')), now));
  }
  return lines;
}

function one(container: unknown, status: unknown, now: number): DocumentLine[] {
  const lines = [line(2, text(container, 'name'), '', 'title'), line(4, 'Image', text(container, 'image'))];
  if (status !== undefined) {
    const { words, tone } = stateWords(at(status, 'state'), now);
    lines.push(line(4, 'State', words, tone));
    const last = stateWords(at(status, 'lastState'), now);
    if (last.words !== 'not known') lines.push(line(4, 'Last state', last.words, last.tone));
    const restarts = number(status, 'restartCount') ?? 0;
    lines.push(line(4, 'Ready', flag(status, 'ready') ? 'yes' : 'no', flag(status, 'ready') ? 'ok' : 'warn'));
    lines.push(line(4, 'Restarts', String(restarts), restarts > 0 ? 'warn' : 'text'));
  }
  const command = [...list(container, 'command'), ...list(container, 'args')].filter(
    (word) => typeof word === 'string',
  );
  if (command.length > 0) lines.push(line(4, 'Command', command.join(' ')));
  const ports = list(container, 'ports').map(
    (port) => `${number(port, 'containerPort') ?? '?'}/${text(port, 'protocol') || 'TCP'}`,
  );
  if (ports.length > 0) lines.push(line(4, 'Ports', ports.join(', ')));
  for (const kind of ['requests', 'limits'] as const) {
    const amounts = Object.entries(record(container, 'resources', kind)).map(
      ([name, amount]) => `${name} ${String(amount)}`,
    );
    if (amounts.length > 0) lines.push(line(4, kind === 'requests' ? 'Requests' : 'Limits', amounts.join(', ')));
  }
  for (const [title, probe] of [
    ['Startup probe', 'startupProbe'],
    ['Readiness probe', 'readinessProbe'],
    ['Liveness probe', 'livenessProbe'],
  ] as const) {
    const words = probeWords(record(container, probe));
    if (words !== '') lines.push(line(4, title, words));
  }
  const sources = list(container, 'envFrom').map(
    (from) => text(from, 'configMapRef', 'name') || text(from, 'secretRef', 'name'),
  );
  if (sources.some((name) => name !== ''))
    lines.push(line(4, 'Environment from', sources.filter((name) => name !== '').join(', ')));
  return lines;
}

function stateWords(state: unknown, now: number): { words: string; tone: DocumentLine['tone'] } {
  const ended = record(state, 'terminated');
  const waiting = record(state, 'waiting');
  const running = record(state, 'running');
  if (Object.keys(ended).length > 0) {
    const code = number(ended, 'exitCode') ?? 0;
    const at = time(ended, 'finishedAt');
    const words = [
      `ended ${code}`,
      text(ended, 'reason'),
      at === undefined ? '' : `${duration(now - at)} ago`,
      text(ended, 'message'),
    ];
    return { words: words.filter((word) => word !== '').join('  '), tone: code === 0 ? 'text' : 'fail' };
  }
  if (Object.keys(waiting).length > 0) {
    const reason = text(waiting, 'reason');
    const starting = reason === '' || reason === 'ContainerCreating' || reason === 'PodInitializing';
    return {
      words: ['waiting', reason, text(waiting, 'message')].filter((word) => word !== '').join('  '),
      tone: starting ? 'warn' : 'fail',
    };
  }
  if (Object.keys(running).length > 0) {
    const since = time(running, 'startedAt');
    return { words: since === undefined ? 'running' : `running for ${duration(now - since)}`, tone: 'ok' };
  }
  return { words: 'not known', tone: 'muted' };
}

function probeWords(probe: KubeObject): string {
  if (Object.keys(probe).length === 0) return '';
  const http = record(probe, 'httpGet');
  const port = at(http, 'port') ?? at(probe, 'tcpSocket', 'port') ?? at(probe, 'grpc', 'port');
  const what =
    Object.keys(http).length > 0
      ? `HTTP GET ${text(http, 'path') || '/'} on ${String(port)}`
      : port !== undefined
        ? `port ${String(port)}`
        : `runs ${list(probe, 'exec', 'command').join(' ')}`;
  const every = number(probe, 'periodSeconds') ?? 10;
  const delay = number(probe, 'initialDelaySeconds') ?? 0;
  return `${what}, every ${every}s${delay > 0 ? `, first after ${delay}s` : ''}, fails after ${number(probe, 'failureThreshold') ?? 3}`;
}
