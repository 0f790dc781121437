// The kubelet's words about probes and volumes, made short: what keeps a pod from being ready.
import { line } from '../words.ts';

const probe = /^(Readiness|Startup|Liveness) probe (?:failed|errored)(?: and resulted in [^:]*)?:\s*(.*)$/s;
const statusCode = /statuscode: (\d+)/;

/**
 * `Readiness probe failed: HTTP probe failed with statuscode: 503` becomes `readiness 503`; undefined when the message
 * is not about a probe.
 */
export function probeWords(message: string): string | undefined {
  const match = probe.exec(message);
  if (match === null) return undefined;
  const kind = (match[1] ?? '').toLowerCase();
  const rest = match[2] ?? '';
  const code = statusCode.exec(rest)?.[1];
  if (code !== undefined) return `${kind} ${code}`;
  if (/connection refused/.test(rest)) return `${kind}: connection refused`;
  if (/deadline exceeded|timeout|timed out|Client\.Timeout/i.test(rest)) return `${kind} timed out`;
  if (/no such host/.test(rest)) return `${kind}: host not found`;
  if (/NOT_SERVING/.test(rest)) return `${kind}: not serving`;
  const last = line(rest, 60);
  return last === '' ? `${kind} fails` : `${kind}: ${last}`;
}

const unready = /^containers with (?:unready|incomplete) status: \[([^\]]*)\]/;

/** The Ready condition's message, made short: `containers with unready status: [cart]` names the container. */
export function conditionWords(message: string): string {
  const names = unready.exec(message)?.[1];
  if (names !== undefined) return `${names.split(' ').join(', ')} not ready`;
  return message === '' ? 'not ready' : line(message, 80);
}

const setUp = /^MountVolume\.\S+ failed for volume "([^"]*)"\s*:\s*(.*)$/s;

/** Why a volume is not there: `volume config: references non-existent config key`, without paths and uids. */
export function mountWords(message: string): string {
  const match = setUp.exec(message);
  if (match === null) return line(message, 80);
  return line(`volume ${match[1] ?? ''}: ${match[2] ?? ''}`, 80);
}
