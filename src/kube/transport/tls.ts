// What a TLS handshake with an API server needs: whom to trust, which name to expect, which certificate to show.
// Verification is always set explicitly; only a kubeconfig that says so turns it off.
import { hash, X509Certificate } from 'node:crypto';
import net from 'node:net';
import tls from 'node:tls';
import type { Files } from '../../platform/files.ts';
import { ApiError } from '../api-error.ts';
import type { KubeContext } from '../kubeconfig/context.ts';
import type { ClientCertificate } from '../credentials/contract.ts';

/**
 * Options for tls.connect and http2.connect: secureContext, rejectUnauthorized, host and servername; ALPN is the
 * session's. Throws ApiError of kind `tls` when the authority cannot be read.
 */
export type TlsOptions = (
  context: KubeContext,
  certificate: ClientCertificate | null,
) => Promise<tls.ConnectionOptions>;

/** Parsing an authority and a key costs more than half of a handshake: contexts with the same ones share a SecureContext. */
export function createTlsOptions(files: Files): TlsOptions {
  const cache = new Map<string, tls.SecureContext>();
  return async (context, certificate) => {
    const ca = await readAuthority(context, files);
    const key = `${ca === null ? 'system' : hash('sha256', ca, 'base64')} ${certificate?.fingerprint ?? ''}`;
    let secureContext = cache.get(key);
    if (!secureContext) {
      secureContext = build(context, ca, certificate);
      // Rotated certificates leave old contexts behind; open connections keep theirs without this map.
      if (cache.size >= 256) cache.clear();
      cache.set(key, secureContext);
    }
    return { secureContext, rejectUnauthorized: !context.tls.insecure, ...peerName(context) };
  };
}

let systemAuthorities: readonly string[] | undefined;

/** The system's, Node's bundled and NODE_EXTRA_CA_CERTS' authorities, each once. Read at first use: it takes milliseconds. */
export function trustedAuthorities(): readonly string[] {
  systemAuthorities ??= [
    ...new Set((['system', 'bundled', 'extra'] as const).flatMap((type) => tls.getCACertificates(type))),
  ];
  return systemAuthorities;
}

async function readAuthority(context: KubeContext, files: Files): Promise<Buffer | null> {
  const { ca } = context.tls;
  if (ca === null) return null;
  if ('pem' in ca) return ca.pem;
  const read = await files.read(ca.path);
  if (!read.ok) throw new ApiError('tls', `certificate-authority ${ca.path} ${read.message}`);
  return read.data;
}

function build(context: KubeContext, ca: Buffer | null, certificate: ClientCertificate | null): tls.SecureContext {
  // Node takes an authority without a single certificate in it and then trusts nobody, with a misleading error.
  if (ca !== null && !holdsCertificate(ca))
    throw new ApiError('tls', `certificate-authority of ${context.name} holds no certificate in PEM`);
  try {
    return tls.createSecureContext({
      ca: ca ?? [...trustedAuthorities()],
      minVersion: 'TLSv1.2',
      ...(certificate && { cert: certificate.cert, key: certificate.key }),
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const what = certificate === null ? 'certificate-authority' : 'certificate-authority or client certificate';
    throw new ApiError('tls', `${what} of ${context.name} cannot be used: ${reason}`, { cause: error });
  }
}

function holdsCertificate(pem: Buffer): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** Name to verify and to send: an IP address is verified but never sent as a server name (RFC 6066 §3). */
function peerName(context: KubeContext): tls.ConnectionOptions {
  const host = new URL(context.server).hostname.replace(/^\[(.*)\]$/, '$1');
  const expected = context.tls.serverName ?? host;
  if (net.isIP(expected) === 0) return { host, servername: expected };
  return { host, checkServerIdentity: (_name, peer) => tls.checkServerIdentity(expected, peer) };
}
