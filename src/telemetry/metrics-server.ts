// GET /metrics on a loopback address, off by default. Loopback of a shared machine is readable by its other users, so
// nothing is served that names an object, and a page in a browser cannot read it (Host is checked, no CORS).
import { createServer, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import type { Gather, Scrape } from './prometheus.ts';

export type MetricsServer = { readonly address: string; close(): Promise<void> };

export type MetricsAddress =
  | { readonly ok: true; readonly host: string; readonly port: number }
  | { readonly ok: false; readonly reason: string };

/** Reads `127.0.0.1:9090`, `localhost:0`, `[::1]:9090`, `:9090`; anything but loopback is refused with the reason. */
export function readMetricsAddress(text: string): MetricsAddress {
  const found = /^(?:\[(?<six>[^\]]+)\]|(?<four>[^:[\]]*)):(?<port>\d{1,5})$/.exec(text);
  if (!found?.groups) return { ok: false, reason: `${text} is no address: write 127.0.0.1:9090` };
  const host = found.groups['six'] ?? (found.groups['four'] || '127.0.0.1');
  const port = Number(found.groups['port']);
  if (port > 65_535) return { ok: false, reason: `${port} is no port` };
  if (!isLoopback(host))
    return { ok: false, reason: `${host} is not this machine: metrics are served on loopback only` };
  return { ok: true, host, port };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

/** Serves until closed. Rejects when the address is taken. */
export async function serveMetrics(
  address: { readonly host: string; readonly port: number },
  gather: Gather,
): Promise<MetricsServer> {
  // Loaded by the first scrape, not by the flag.
  let loaded: Promise<Scrape> | null = null;
  const scrape = (): Promise<Scrape> =>
    (loaded ??= import('./prometheus.ts').then(({ createScrape }) => createScrape(gather)));
  const answer = async (response: ServerResponse): Promise<void> => {
    const { text, contentType } = await scrape();
    const body = await text();
    response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
  };
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, (request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
    if (!isLoopback(host)) return void response.writeHead(421).end();
    if (request.method !== 'GET' || request.url !== '/metrics') return void response.writeHead(404).end();
    answer(response).catch(() => response.writeHead(500).end());
  });
  server.unref();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
  const at = server.address();
  const port = typeof at === 'object' && at !== null ? at.port : address.port;
  return {
    address: `http://${address.host.includes(':') ? `[${address.host}]` : address.host}:${port}/metrics`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
