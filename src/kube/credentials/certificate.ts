// A client certificate from the kubeconfig: inline, or from files that are looked at again before each handshake, so that
// a renewed one is used without a restart.
import { hash, X509Certificate } from 'node:crypto';
import type { FileStamp, Files } from '../../platform/files.ts';
import { ApiError } from '../api-error.ts';
import type { PemSource } from '../kubeconfig/context.ts';
import type { ClientCertificate } from './contract.ts';

/** Throws ApiError `login` when a file cannot be read. The same object as long as nothing changed. */
export type CertificateReader = () => Promise<ClientCertificate>;

export function createCertificateReader(
  source: { readonly cert: PemSource; readonly key: PemSource },
  files: Files,
): CertificateReader {
  const cert = createPemReader(source.cert, 'client certificate', files);
  const key = createPemReader(source.key, 'client key', files);
  let last: ClientCertificate | null = null;
  return async () => {
    const [certPem, keyPem] = await Promise.all([cert(), key()]);
    if (last === null || last.cert !== certPem || last.key !== keyPem) last = clientCertificate(certPem, keyPem);
    return last;
  };
}

export const clientCertificate = (cert: Buffer, key: Buffer): ClientCertificate => ({
  cert,
  key,
  fingerprint: hash('sha256', Buffer.concat([cert, Buffer.from([0]), key])),
});

/** When the certificate ends, in milliseconds; null when it cannot be told. */
export function certificateEnd({ cert }: ClientCertificate): number | null {
  try {
    return new X509Certificate(cert).validToDate.getTime();
  } catch {
    return null;
  }
}

function createPemReader(source: PemSource, what: string, files: Files): () => Promise<Buffer> {
  if ('pem' in source) return () => Promise.resolve(source.pem);
  const { path } = source;
  let last: { readonly stamp: FileStamp; readonly pem: Buffer } | null = null;
  return async () => {
    const stamp = await files.stamp(path);
    if (last !== null && stamp !== null && isSame(stamp, last.stamp)) return last.pem;
    const read = await files.read(path);
    if (read.ok) {
      // An equal content keeps its buffer: nothing has to reconnect because of a touched file.
      const pem = last?.pem.equals(read.data) ? last.pem : read.data;
      last = { stamp: read.stamp, pem };
      return pem;
    }
    if (last !== null) return last.pem;
    throw new ApiError('login', `${what} ${path} ${read.message}`);
  };
}

const isSame = (a: FileStamp, b: FileStamp): boolean =>
  a.mtimeMs === b.mtimeMs && a.size === b.size && a.inode === b.inode;
