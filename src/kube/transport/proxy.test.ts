import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { makeCertificate } from '../../../test/support/scripted-certificate.ts';
import { openTunnel } from './proxy.ts';
import { proxyTrouble } from './proxy-url.ts';

let isDone = new AbortController();
afterEach(() => {
  isDone.abort();
  isDone = new AbortController();
});

async function listen(server: net.Server): Promise<number> {
  const sockets = new Set<net.Socket>();
  server.on('connection', (socket: net.Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  isDone.signal.addEventListener('abort', () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A server that says hello first, as some protocols do, and then echoes. */
const hello = () => net.createServer((socket) => void socket.pipe(socket).write('hello '));
const signal = () => isDone.signal;

function connectProxy(server: http.Server, seen: string[] = []): http.Server {
  return server.on('connect', (request, client, head) => {
    seen.push(`${request.url ?? ''} ${request.headers['proxy-authorization'] ?? ''}`);
    const [, port] = (request.url ?? '').split(':');
    const target = net.connect(Number(port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      target.write(head);
      target.pipe(client).pipe(target);
    });
    target.on('error', () => client.destroy());
    client.on('error', () => target.destroy());
  });
}

async function talk(socket: net.Socket): Promise<string> {
  socket.write('you');
  let heard = '';
  for await (const chunk of socket) {
    heard += String(chunk);
    if (heard.endsWith('you')) break;
  }
  return heard;
}

test('HTTP CONNECT, with user and password of the URL', async () => {
  const target = await listen(hello());
  const seen: string[] = [];
  const proxy = await listen(connectProxy(http.createServer(), seen));

  const socket = await openTunnel(`http://jane:p%40ss@127.0.0.1:${proxy}`, 'localhost', target, { signal: signal() });

  expect(await talk(socket)).toBe('hello you');
  expect(seen).toEqual([`localhost:${target} Basic ${Buffer.from('jane:p@ss').toString('base64')}`]);
});

test('HTTP CONNECT over TLS, whose certificate is checked', async () => {
  const target = await listen(hello());
  const certificate = makeCertificate();
  const proxy = await listen(connectProxy(https.createServer(certificate)));
  const url = `https://127.0.0.1:${proxy}`;

  const socket = await openTunnel(url, 'localhost', target, { signal: signal(), ca: [certificate.cert] });

  expect(await talk(socket)).toBe('hello you');
  await expect(openTunnel(url, 'localhost', target, { signal: signal() })).rejects.toMatchObject({
    kind: 'unreachable',
  });
});

test('SOCKS5: the name is resolved by the proxy, user and password are used', async () => {
  const target = await listen(hello());
  const seen: string[] = [];
  const proxy = await listen(
    net.createServer((client) => {
      let step = 0;
      client.on('data', (data: Buffer) => {
        step++;
        // Method choice, then RFC 1929, then the request with a domain name (RFC 1928 §4).
        if (step === 1) client.write(Buffer.from([5, 2]));
        else if (step === 2) {
          seen.push(
            data
              .subarray(2)
              .toString('latin1')
              .replaceAll(/[^a-z]/g, '|'),
          );
          client.write(Buffer.from([1, 0]));
        } else if (step === 3) {
          const length = data[4] ?? 0;
          seen.push(`${data[3] ?? 0} ${data.subarray(5, 5 + length).toString()}`);
          const server = net.connect(target, '127.0.0.1', () => {
            client.removeAllListeners('data');
            client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 80]));
            server.pipe(client).pipe(server);
          });
        }
      });
    }),
  );

  const socket = await openTunnel(`socks5://jane:secret@127.0.0.1:${proxy}`, 'api.internal', target, {
    signal: signal(),
  });

  expect(await talk(socket)).toBe('hello you');
  expect(seen).toEqual(['jane|secret', '3 api.internal']);
});

test('a proxy that says no is quoted, without its password', async () => {
  const server = http.createServer();
  server.on('connect', (_request, client) => void client.end('HTTP/1.1 407 Proxy\x07 Authentication\r\n\r\n'));
  const proxy = await listen(server);
  const failed = openTunnel(`http://jane:secret@127.0.0.1:${proxy}`, 'api', 6443, { signal: signal() });

  await expect(failed).rejects.toMatchObject({
    kind: 'unreachable',
    message: expect.not.stringMatching(/secret|\x07/),
  });
});

test('a proxy that is not there, or stays silent, ends with an error', async () => {
  const gone = await listen(net.createServer());
  isDone.abort();
  isDone = new AbortController();
  await expect(openTunnel(`http://127.0.0.1:${gone}`, 'api', 1, { signal: signal() })).rejects.toMatchObject({
    kind: 'unreachable',
  });

  for (const scheme of ['http', 'socks5']) {
    let arrived = (): void => {};
    const here = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const silent = await listen(net.createServer((socket) => void socket.on('data', () => arrived())));
    const stop = new AbortController();
    const waiting = openTunnel(`${scheme}://127.0.0.1:${silent}`, 'api', 1, { signal: stop.signal });
    await here;
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ kind: 'aborted' });
  }
});

test.each([
  ['http://p:1', null],
  ['socks5://p', null],
  ['ftp://p', 'scheme ftp'],
  ['p:3128', 'scheme p'],
  ['', 'not a URL'],
])('proxy-url %j: %s', (url, trouble) => {
  if (trouble === null) expect(proxyTrouble(url)).toBeNull();
  else expect(proxyTrouble(url)).toContain(trouble);
});
