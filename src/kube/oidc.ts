// Tokens of the auth-provider `oidc`: the id-token of the kubeconfig while it is good, then one from the refresh token.
// The refresh itself is client-node's; it is loaded only when a context needs it.
import type { OpenIDConnectAuth } from '@kubernetes/client-node/dist/oidc_auth.js';
import { cell, redact } from '../core/sanitise.ts';
import { type Clock, deadline } from '../platform/clock.ts';
import { ApiError } from './api-error.ts';

export interface OidcTokens {
  /** A token that is not expired. Contexts with one configuration share one refresh. Throws ApiError `login` or `aborted`. */
  get(
    config: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ token: string; expiresAt: number | null }>;
  /** Forgets what was refreshed; the next token starts from the kubeconfig again. */
  forget(config: Readonly<Record<string, string>>): void;
}

const limitMs = 30_000;

type Holder = {
  readonly auth: Promise<OpenIDConnectAuth>;
  readonly config: Record<string, string>;
  turn: Promise<unknown>;
};

export function createOidcTokens(clock: Clock): OidcTokens {
  const holders = new Map<string, Holder>();
  const holderOf = (config: Readonly<Record<string, string>>): Holder => {
    const key = JSON.stringify(config);
    // The library writes renewed tokens into the object that it is given.
    const holder = holders.get(key) ?? { auth: load(), config: { ...config }, turn: Promise.resolve() };
    holders.set(key, holder);
    return holder;
  };
  return {
    async get(config, signal) {
      const holder = holderOf(config);
      using limit = deadline(clock, limitMs, signal);
      // One at a time: a refresh token is often good for one use.
      const mine = holder.turn.then(() => current(holder));
      holder.turn = mine.catch(() => {});
      try {
        return await Promise.race([mine, aborted(limit.signal)]);
      } catch (error) {
        if (error instanceof ApiError) throw error;
        if (signal.aborted) throw new ApiError('aborted', 'stopped while a token was refreshed', { cause: error });
        const issuer = cell(config['idp-issuer-url'] ?? 'the identity provider');
        const why = limit.isPassed ? `no answer within ${limitMs / 1000} s` : reasonOf(error);
        throw new ApiError('login', `OIDC token of ${issuer} could not be refreshed: ${why}`, { cause: error });
      }
    },
    forget(config) {
      holders.delete(JSON.stringify(config));
    },
  };
}

const load = async (): Promise<OpenIDConnectAuth> =>
  new (await import('@kubernetes/client-node/dist/oidc_auth.js')).OpenIDConnectAuth();

async function current({ auth, config }: Holder): Promise<{ token: string; expiresAt: number | null }> {
  const options: { headers: Record<string, string> } = { headers: {} };
  await (await auth).applyAuthentication({ name: 'oidc', authProvider: { name: 'oidc', config } }, options);
  const header = options.headers['Authorization'];
  // The library answers with nothing when it has no refresh token, and with the old token when there is no new one.
  if (header === undefined || !/^Bearer [\x21-\x7e]+$/.test(header))
    throw new ApiError('login', 'the OIDC token has expired and the kubeconfig holds no refresh token: log in again');
  const token = header.slice('Bearer '.length);
  return { token, expiresAt: expiryOf(token) };
}

/** `exp` of a JWT in milliseconds; null when it has none or is none. Read only to know when to renew. */
function expiryOf(token: string): number | null {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const exp = typeof claims === 'object' && claims !== null && 'exp' in claims ? claims.exp : undefined;
    return typeof exp === 'number' ? exp * 1000 : null;
  } catch {
    return null;
  }
}

const reasonOf = (error: unknown): string => {
  const inner = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return cell(redact(error instanceof Error ? error.message + inner : String(error)));
};

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
