// A proxy that ends TLS and speaks HTTP/1.1 only, before a cluster of the demo; it can be frozen as a proxy that hangs.
import { connect, createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { makeCertificate } from '../../support/scripted-certificate.ts';

export type H1Relay = Disposable & {
  readonly server: string;
  readonly ca: string;
  /** Connections stay, new ones are accepted, no byte passes any more. */
  freeze(): void;
};

export async function startH1Relay(port: number): Promise<H1Relay> {
  const { key, cert } = makeCertificate();
  const sockets = new Set<TLSSocket>();
  let isFrozen = false;
  const track = (socket: TLSSocket, other: () => TLSSocket): void => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => void other().write(bytes));
    socket.on('close', () => {
      sockets.delete(socket);
      other().destroy();
    });
  };
  const relay = createServer({ key, cert, ALPNProtocols: ['http/1.1'] }, (near) => {
    const far = connect({ port, host: '127.0.0.1', ALPNProtocols: ['http/1.1'], rejectUnauthorized: false });
    track(near, () => far);
    track(far, () => near);
    if (isFrozen) for (const socket of [near, far]) socket.pause();
  });
  relay.on('tlsClientError', () => undefined);
  await new Promise<void>((done) => relay.listen(0, '127.0.0.1', done));
  return {
    server: `https://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    ca: cert,
    freeze() {
      isFrozen = true;
      for (const socket of sockets) socket.pause();
    },
    [Symbol.dispose]() {
      relay.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
