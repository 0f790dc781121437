// A TCP relay before a server, so that a test can cut the wire: TLS passes through untouched.
import { connect, createServer, type Socket } from 'node:net';

export type Relay = AsyncDisposable & {
  /** The server's address through the relay. */
  readonly server: string;
  /** Resets every connection; new ones are taken as before. */
  cut(): void;
};

export async function startRelay(server: string): Promise<Relay> {
  const target = new URL(server);
  const sockets = new Set<Socket>();
  const listener = createServer((near) => {
    const far = connect(Number(target.port || 443), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cut = (): void => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    server: `https://127.0.0.1:${port}`,
    cut,
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise<void>((resolve) => listener.close(() => resolve()));
    },
  };
}
