import { once } from 'node:events';
import tls from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { execContext, execPlugin } from '../../../test/support/credential-plugin.ts';
import { kubeHome } from '../../../test/support/kube-home.ts';
import { makeCertificate } from '../../../test/support/scripted-certificate.ts';
import { nodeFiles } from '../../platform/files.ts';
import type { KubeContext, TlsSource } from '../kubeconfig/context.ts';
import { clientCertificate } from '../credentials/certificate.ts';
import { createTlsOptions, trustedAuthorities } from './tls.ts';

let isDone = new AbortController();
afterEach(() => {
  isDone.abort();
  isDone = new AbortController();
});

const one = makeCertificate();
const contextWith = (more: Partial<TlsSource>, server = 'https://127.0.0.1:6443'): KubeContext =>
  execContext(execPlugin(''), { server, tls: { ca: null, serverName: null, insecure: false, ...more } });

async function serve(): Promise<number> {
  const server = tls.createServer({ key: one.key, cert: one.cert, requestCert: true, rejectUnauthorized: false });
  server.on('secureConnection', (socket) => socket.end(String(Boolean(socket.getPeerCertificate().fingerprint))));
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  isDone.signal.addEventListener('abort', () => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What the server says, or the error's code. */
async function connect(context: KubeContext, certificate = false): Promise<string> {
  const port = await serve();
  const shown = certificate ? clientCertificate(Buffer.from(one.cert), Buffer.from(one.key)) : null;
  const options = await createTlsOptions(nodeFiles)(context, shown);
  const socket = tls.connect({ ...options, host: '127.0.0.1', port });
  try {
    const [data] = (await once(socket, 'data')) as [Buffer];
    return data.toString();
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  } finally {
    socket.destroy();
  }
}

const ca = { pem: Buffer.from(one.cert) };

test('the authority of the kubeconfig is trusted, and nobody else then', async () => {
  expect(await connect(contextWith({ ca }))).toBe('false');
  expect(await connect(contextWith({ ca: { pem: Buffer.from(makeCertificate().cert) } }))).toMatch(
    /SELF_SIGNED|UNABLE_TO/,
  );
  expect(await connect(contextWith({}))).toMatch(/SELF_SIGNED/);
});

test('the check is off only when the file says so, whatever the environment says', async () => {
  expect(await connect(contextWith({ insecure: true }))).toBe('false');
  const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    expect(await connect(contextWith({}))).toMatch(/SELF_SIGNED/);
  } finally {
    if (before === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
    else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = before;
  }
});

test('tls-server-name decides which name must be in the certificate', async () => {
  expect(await connect(contextWith({ ca, serverName: 'localhost' }))).toBe('false');
  expect(await connect(contextWith({ ca, serverName: '127.0.0.1' }, 'https://elsewhere:6443'))).toBe('false');
  expect(await connect(contextWith({ ca, serverName: 'elsewhere' }))).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
  expect(await connect(contextWith({ ca, serverName: '10.0.0.1' }))).toBe('ERR_TLS_CERT_ALTNAME_INVALID');
});

test('a client certificate is shown', async () => {
  expect(await connect(contextWith({ ca }), true)).toBe('true');
});

test('contexts with the same authority share one secure context; a renewed file makes a new one', async () => {
  using home = kubeHome();
  const path = home.write('ca', one.cert);
  const options = createTlsOptions(nodeFiles);
  const contextOf = async (source: TlsSource['ca']) => (await options(contextWith({ ca: source }), null)).secureContext;

  const first = await contextOf({ path });
  expect(await contextOf(ca)).toBe(first);
  home.write('ca', makeCertificate().cert);
  expect(await contextOf({ path })).not.toBe(first);
});

test.each<[TlsSource['ca'], string]>([
  [{ path: '/nowhere/ca' }, 'certificate-authority /nowhere/ca does not exist'],
  [{ pem: Buffer.from('hello') }, 'certificate-authority of dev holds no certificate in PEM'],
  [
    { pem: Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n') },
    'holds no certificate in PEM',
  ],
])('%o is said to be wrong', async (source, words) => {
  await expect(createTlsOptions(nodeFiles)(contextWith({ ca: source }), null)).rejects.toMatchObject({
    kind: 'tls',
    message: expect.stringContaining(words),
  });
});

test('without an authority the public ones are trusted, each once', () => {
  const all = trustedAuthorities();

  expect(all.length).toBeGreaterThan(100);
  expect(new Set(all).size).toBe(all.length);
});
