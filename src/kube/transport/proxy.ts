// A way through a proxy: HTTP CONNECT (plain or TLS to the proxy) and SOCKS5. Gives a plain socket on which the caller
// starts its own TLS with the API server.
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { SocksClient } from 'socks';
import { cell, redact } from '../../core/sanitise.ts';
import { ApiError } from '../api-error.ts';
import { proxyTrouble } from './proxy-url.ts';
import { trustedAuthorities } from './tls.ts';

export type TunnelOptions = {
  readonly signal: AbortSignal;
  /** Authorities for an https proxy, in PEM; absent: the system's and Node's own. */
  readonly ca?: readonly string[];
};

/**
 * A connected socket to `host:port` through the proxy. The caller's signal bounds the time. Throws ApiError: `aborted`
 * when the signal did, else `unreachable` with what the proxy said. User and password of the URL go to the proxy only.
 */
export async function openTunnel(
  proxyUrl: string,
  host: string,
  port: number,
  options: TunnelOptions,
): Promise<net.Socket> {
  const trouble = proxyTrouble(proxyUrl);
  if (trouble !== null) throw new ApiError('unreachable', trouble);
  const proxy = new URL(proxyUrl);
  try {
    options.signal.throwIfAborted();
    return proxy.protocol.startsWith('socks')
      ? await openSocks(proxy, host, port, options.signal)
      : await openConnect(proxy, host, port, options);
  } catch (error) {
    if (error instanceof ApiError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    if (options.signal.aborted) throw new ApiError('aborted', `proxy ${proxy.host}: stopped`, { cause: error });
    throw new ApiError('unreachable', `proxy ${proxy.host}: ${cell(redact(message))}`, { cause: error });
  }
}

function openConnect(proxy: URL, host: string, port: number, options: TunnelOptions): Promise<net.Socket> {
  const target = `${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  const secure = proxy.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const name = unbracketed(proxy.hostname);
    const request = (secure ? https : http).request({
      method: 'CONNECT',
      path: target,
      host: name,
      port: Number(proxy.port) || (secure ? 443 : 80),
      headers: { host: target, ...proxyAuthorization(proxy) },
      agent: false,
      signal: options.signal,
      ...(secure && { rejectUnauthorized: true, ca: [...(options.ca ?? trustedAuthorities())] }),
      ...(secure && net.isIP(name) === 0 && { servername: name }),
    });
    request.on('connect', (response, socket, head) => {
      if (response.statusCode !== 200) {
        socket.destroy();
        const said = cell(`${response.statusCode ?? 0} ${response.statusMessage ?? ''}`.trim());
        const more = response.statusCode === 407 ? '; put user and password into proxy-url' : '';
        reject(new ApiError('unreachable', `proxy ${proxy.host} answered ${said} to CONNECT ${target}${more}`));
        return;
      }
      if (head.length > 0) socket.unshift(head);
      if (socket instanceof net.Socket) resolve(socket);
      else reject(new Error('the tunnel is no socket'));
    });
    request.on('response', (response) => {
      response.resume();
      reject(
        new ApiError('unreachable', `proxy ${proxy.host} answered ${response.statusCode ?? 0} and opened no tunnel`),
      );
    });
    request.on('error', reject);
    request.end();
  });
}

async function openSocks(proxy: URL, host: string, port: number, signal: AbortSignal): Promise<net.Socket> {
  const name = unbracketed(proxy.hostname);
  const socket = net.connect({ host: name, port: Number(proxy.port) || 1080 });
  const onAbort = (): void => void socket.destroy(new Error('stopped'));
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    const user = decodeURIComponent(proxy.username);
    // Names are resolved by the proxy, as Go's socks5 does.
    const opened = await SocksClient.createConnection({
      proxy: {
        host: name,
        port: Number(proxy.port) || 1080,
        type: 5,
        ...(user !== '' && { userId: user, password: decodeURIComponent(proxy.password) }),
      },
      command: 'connect',
      destination: { host, port },
      existing_socket: socket,
    });
    return opened.socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function proxyAuthorization(proxy: URL): Record<string, string> {
  if (proxy.username === '') return {};
  const pair = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` };
}

const unbracketed = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');
