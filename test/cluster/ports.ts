// Free ports on loopback that two runs at the same time do not both take.
import { createServer, type Server } from 'node:net';

export type ReservedPort = {
  readonly number: number;
  /** Lets go of the port; call it just before starting the server that takes it. */
  release(): Promise<void>;
};

/**
 * Takes a random free port below the range that outgoing connections use (32768 on Linux), and holds it: another run
 * that looks in the meantime finds it taken.
 */
export async function reservePort(address = '127.0.0.1', random: () => number = Math.random): Promise<ReservedPort> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const number = 11_000 + Math.floor(random() * 20_000);
    const server = await listen(number, address);
    if (server === null) continue;
    let released: Promise<void> | null = null;
    return {
      number,
      release: () => (released ??= new Promise((resolve) => server.close(() => resolve()))),
    };
  }
  throw new Error(`no free port on ${address} between 11000 and 31000 in 100 attempts`);
}

function listen(port: number, host: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    server.listen({ port, host, exclusive: true }, () => resolve(server));
  });
}
