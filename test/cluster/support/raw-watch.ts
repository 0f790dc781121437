// A watch that shares nothing with the program: what the API server says, and when it said it first.
import { request } from 'node:https';
import type { Certificates } from '../certificates.ts';
import type { TestCluster } from '../cluster.ts';

export type RawEvent = { readonly type: string; readonly object: Record<string, unknown>; readonly at: number };

export type RawWatch = Disposable & {
  /** Resolves with the time of the first event (also of one that came before the call) that fits. */
  first(what: string, fits: (event: RawEvent) => boolean, timeoutMs: number): Promise<number>;
};

/** Watches a collection (`/api/v1/pods`) over a connection of its own from now on; resolves when it is open. */
export function watchRaw(cluster: TestCluster, { ca, admin }: Certificates, path: string): Promise<RawWatch> {
  const events: RawEvent[] = [];
  const checks = new Set<() => void>();
  let rest = '';
  const take = (text: string): void => {
    const at = Date.now();
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') events.push({ ...(JSON.parse(line) as Omit<RawEvent, 'at'>), at });
    for (const check of checks) check();
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${cluster.server}${path}?watch=1&timeoutSeconds=1800`, {
      ca,
      cert: admin.cert,
      key: admin.key,
      headers: { accept: 'application/json' },
    });
    asked.on('error', (error) => reject(error));
    asked.on('response', (answer) => {
      if (answer.statusCode !== 200) return reject(new Error(`watch of ${path}: ${answer.statusCode}`));
      answer.setEncoding('utf8').on('data', take);
      answer.on('error', () => undefined);
      resolve({
        first: (what, fits, timeoutMs) =>
          new Promise((done, fail) => {
            const timer = setTimeout(() => {
              checks.delete(check);
              fail(new Error(`${cluster.name} did not say in ${timeoutMs} ms: ${what}`));
            }, timeoutMs);
            const check = (): void => {
              const found = events.find(fits);
              if (found === undefined) return;
              clearTimeout(timer);
              checks.delete(check);
              done(found.at);
            };
            checks.add(check);
            check();
          }),
        [Symbol.dispose]: () => asked.destroy(),
      });
    });
    asked.end();
  });
}
