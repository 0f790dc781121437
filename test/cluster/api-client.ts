// A small administrator's client for the harness itself: certificates, JSON, one connection pool per server.
import { Agent, request } from 'node:https';
import type { KeyPair } from './certificates.ts';

export type ApiAnswer = { readonly status: number; readonly body: string };

export type ApiClient = {
  /** Sends and reads the whole answer; a status of 400 and more is returned. Throws when there is no answer. */
  call(method: string, path: string, body?: unknown, contentType?: string): Promise<ApiAnswer>;
  /** As `call` with GET, parsed; throws for a status of 400 and more. */
  get(path: string): Promise<unknown>;
  close(): void;
};

export function apiClient(server: string, ca: Buffer, identity: KeyPair, timeoutMs = 10_000): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 4, ca, cert: identity.cert, key: identity.key });
  const call = (method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<ApiAnswer> =>
    new Promise((resolve, reject) => {
      const data = body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body);
      const sent = request(`${server}${path}`, {
        agent,
        method,
        timeout: timeoutMs,
        headers: {
          accept: 'application/json',
          ...(data === null ? {} : { 'content-type': contentType, 'content-length': Buffer.byteLength(data) }),
        },
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${server}${path}: no answer in ${timeoutMs} ms`)));
      sent.on('error', reject);
      sent.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      });
      sent.end(data ?? undefined);
    });
  return {
    call,
    async get(path) {
      const answer = await call('GET', path);
      if (answer.status >= 400) throw new Error(`GET ${path}: ${answer.status} ${answer.body.slice(0, 300)}`);
      return JSON.parse(answer.body) as unknown;
    },
    close: () => agent.destroy(),
  };
}
