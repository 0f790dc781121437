// Turns what Node says about sockets, names and certificates into an ApiError that says what happened and what next.
import { cell, redact } from '../../core/sanitise.ts';
import { ApiError } from '../api-error.ts';

const certificateReasons: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet (is this clock right?)',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed and not among the trusted ones',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is not trusted (wrong certificate-authority, or a proxy that re-signs)',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is not trusted (wrong certificate-authority?)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is not trusted (wrong certificate-authority?)',
  CERT_SIGNATURE_FAILURE: 'the signature of its certificate is wrong (was the authority renewed?)',
  CERT_UNTRUSTED: 'its authority is not trusted',
  CERT_REJECTED: 'its certificate was rejected',
  CERT_REVOKED: 'its certificate was revoked',
  INVALID_CA: 'an authority in its chain is not one',
  INVALID_PURPOSE: 'its certificate is not one for servers',
};

const networkReasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections: nothing listens there',
  ECONNRESET: 'reset the connection',
  EPIPE: 'closed the connection',
  ETIMEDOUT: 'does not answer',
  EHOSTUNREACH: 'cannot be reached from here (no route): is the VPN up?',
  ENETUNREACH: 'cannot be reached from here (no network): is the VPN up?',
  ENOTFOUND: 'has no address: check the name, DNS or the VPN',
  EAI_AGAIN: 'has no address at the moment: DNS does not answer',
  EADDRNOTAVAIL: 'cannot be reached: no local address or port is free',
  EMFILE: 'cannot be reached: too many open files (raise ulimit -n)',
};

/** Code of a Node error, looking through causes and the parts of an AggregateError (several addresses were tried). */
export function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return error.errors.map(codeOf).find((code) => code !== '') ?? '';
  return 'cause' in error ? codeOf(error.cause) : '';
}

/** `where` is `host:port`, as the user knows the server. */
export function transportError(error: unknown, where: string): ApiError {
  if (error instanceof ApiError) return error;
  const code = codeOf(error);
  const raw = cell(redact(error instanceof Error ? error.message : String(error)));
  const certificate = certificateReasons[code];
  if (certificate !== undefined) {
    return new ApiError('tls', `${where}: ${certificate} (${code})`, { cause: error });
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return new ApiError('tls', `${where}: its certificate is for another name; set tls-server-name (${raw})`, {
      cause: error,
    });
  }
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) {
    const hint = code === 'ERR_SSL_WRONG_VERSION_NUMBER' || /wrong version number/.test(raw);
    const why = hint ? 'does not speak TLS: is it an http:// server?' : `the TLS handshake failed: ${raw}`;
    return new ApiError('tls', `${where}: ${why}`, { cause: error });
  }
  const network = networkReasons[code];
  if (network !== undefined) return new ApiError('unreachable', `${where} ${network} (${code})`, { cause: error });
  return new ApiError('unreachable', `${where}: ${raw === '' ? 'the connection was lost' : raw}`, { cause: error });
}

const neverProcessed = new Set(['ERR_HTTP2_GOAWAY_SESSION', 'ERR_HTTP2_INVALID_SESSION', 'FB_REFUSED_STREAM']);
const lostInFlight = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'FB_STREAM_LOST', 'ERR_HTTP2_STREAM_ERROR']);

/** The server has not looked at the request: it may be sent again whatever it is. */
export const wasNeverProcessed = (error: unknown): boolean => neverProcessed.has(codeOf(error));

/** The connection broke under a request: a read may be sent again. */
export const wasLost = (error: unknown): boolean => wasNeverProcessed(error) || lostInFlight.has(codeOf(error));

/** An error with a code of our own, for what Node reports without one. */
export const lost = (message: string, code: 'FB_STREAM_LOST' | 'FB_REFUSED_STREAM' = 'FB_STREAM_LOST'): Error =>
  Object.assign(new Error(message), { code });
