// Who is asking: client certificates, bearer tokens, anonymous, and impersonation.
import { X509Certificate } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { unauthorized } from '../api/status-bodies.ts';

export type Identity = {
  readonly username: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
};

export type TokenUser = { readonly username: string; readonly uid?: string; readonly groups?: readonly string[] };

const authenticated = 'system:authenticated';

export const anonymous: Identity = {
  username: 'system:anonymous',
  uid: '',
  groups: ['system:unauthenticated'],
  extra: {},
};

const bySocket = new WeakMap<TLSSocket, Identity | null>();

/** The identity of a verified client certificate: CN is the user, each O a group. */
function ofCertificate(socket: TLSSocket): Identity | null {
  let found = bySocket.get(socket);
  if (found === undefined) {
    found = null;
    const peer = socket.authorized ? socket.getPeerCertificate() : undefined;
    if (peer?.subject !== undefined && peer.raw !== undefined) {
      const { CN, O } = peer.subject as { CN?: string; O?: string | string[] };
      const hash = new X509Certificate(peer.raw).fingerprint256.replaceAll(':', '').toLowerCase();
      const organisations = O === undefined ? [] : Array.isArray(O) ? O : [O];
      if (CN !== undefined)
        found = {
          username: CN,
          uid: '',
          groups: [...organisations, authenticated],
          extra: { 'authentication.kubernetes.io/credential-id': [`X509SHA256=${hash}`] },
        };
    }
    bySocket.set(socket, found);
  }
  return found;
}

/** Who sends this request; throws 401 for a token that is not known. A valid certificate wins over a bad token. */
export function identify(
  socket: TLSSocket | null,
  headers: IncomingHttpHeaders,
  tokens: ReadonlyMap<string, TokenUser>,
): Identity {
  const certificate = socket === null ? null : ofCertificate(socket);
  if (certificate !== null) return certificate;
  const { authorization } = headers;
  if (authorization === undefined) {
    // A certificate that does not verify is a failed proof, not the absence of one (apiserver, request/x509 and union).
    if (socket !== null && socket.getPeerCertificate().raw !== undefined) throw unauthorized();
    return anonymous;
  }
  const token = /^Bearer\s+(.+)$/i.exec(authorization)?.[1];
  const user = token === undefined ? undefined : tokens.get(token);
  if (user === undefined) throw unauthorized();
  return {
    username: user.username,
    uid: user.uid ?? '',
    groups: [...(user.groups ?? []), authenticated],
    extra: {},
  };
}

/** The identity that impersonation headers ask for; null without them. */
export function impersonated(headers: IncomingHttpHeaders): Identity | null {
  const user = headers['impersonate-user'];
  if (typeof user !== 'string') return null;
  const groups = headers['impersonate-group'];
  const asked = groups === undefined ? [] : Array.isArray(groups) ? groups : groups.split(',').map((g) => g.trim());
  const uid = headers['impersonate-uid'];
  return { username: user, uid: typeof uid === 'string' ? uid : '', groups: [...asked, authenticated], extra: {} };
}
