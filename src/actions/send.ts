// The one place from which a write leaves. Everything that changes a cluster is a step of a plan, and a step is sent by
// this function with a permit for exactly its bytes.
import { type KubeObject, record } from '../core/object.ts';
import { ApiError } from '../kube/api-error.ts';
import { query } from '../kube/api-path.ts';
import { errorOf } from '../kube/api-status.ts';
import type { WriteGate } from '../kube/session/write-gate.ts';
import { collect } from '../kube/transport/body.ts';
import type { ActionCluster } from './action-cluster.ts';
import type { Step } from './plan.ts';

/** Never begins with `kubectl`: Flux takes over the fields of such managers (fluxcd/pkg ssa/patch.go). */
export const fieldManager = 'flagbridge';

const timeoutMs = 30_000;
const mostBytes = 16 << 20;

export type Sent = {
  readonly object: KubeObject;
  /** Texts of `Warning` headers, as they came. */
  readonly warnings: readonly string[];
  /** The server's name for this request, in its audit log. */
  readonly auditId: string | null;
};

export type SendOptions = {
  readonly isDryRun: boolean;
  readonly gate: WriteGate;
  readonly userAgent: string;
  /** Goes into the User-Agent, and so into the server's audit log. */
  readonly actionId: string;
  readonly signal: AbortSignal;
  /** Called when bytes may leave: from then on a failure may mean that it was done. */
  readonly onSent?: () => void;
};

/** Sends a step once; never again by itself. Throws ApiError; whether it may have been done all the same, `onSent` tells. */
export async function send(cluster: ActionCluster, step: Step, options: SendOptions): Promise<Sent> {
  const { session } = cluster;
  const parameters = {
    fieldManager,
    fieldValidation: 'Strict',
    ...(options.isDryRun && { dryRun: 'All' }),
  };
  const path = `${step.path}${query(parameters)}`;
  const { method, body } = step;
  const permit = options.gate.permit(session.context.rawName, { method, path, body });
  const response = await session.request({
    method,
    path,
    body,
    headers: { 'content-type': step.contentType, 'user-agent': `${options.userAgent} action/${options.actionId}` },
    signal: options.signal,
    timeoutMs,
    permit,
    ...(options.onSent && { onSent: options.onSent }),
  });
  const bytes = await collect(response.body, mostBytes, `${method} ${step.path}`);
  const text = bytes.toString('utf8');
  if (response.status >= 300)
    throw errorOf({ status: response.status, headers: response.headers, body: text, asked: `${method} ${step.path}` });
  return {
    object: parsed(text),
    warnings: warningsOf(response.headers['warning']),
    auditId: response.headers['audit-id'] ?? null,
  };
}

function parsed(text: string): KubeObject {
  try {
    return record(JSON.parse(text));
  } catch (error) {
    throw new ApiError('protocol', 'the server answered a write with something else than JSON', { cause: error });
  }
}

/** `299 - "text"`, several joined by commas (RFC 9111 §5.5 as the API server writes it). */
const warningsOf = (header: string | undefined): readonly string[] =>
  header === undefined
    ? []
    : Array.from(header.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g), ([, text = '']) => text.replaceAll(/\\(.)/g, '$1'));
