// Tokens of the auth-provider `oidc`: the id-token of the kubeconfig while it is good, then one from the refresh token.
import { cell, redact } from '../../core/sanitise.ts';
import { type Clock, deadline } from '../../platform/clock.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Files } from '../../platform/files.ts';
import { ApiError } from '../api-error.ts';
import { refreshOidcToken } from './oidc-refresh.ts';
import { environmentProxies } from '../transport/proxy-environment.ts';

export type OidcToken = { readonly token: string; readonly expiresAt: number | null };

export interface OidcTokens {
  /** A token that is not expired. Contexts with one configuration share one refresh. Throws ApiError `login` or `aborted`. */
  get(config: Readonly<Record<string, string>>, signal: AbortSignal): Promise<OidcToken>;
  /** The server refused the token: the next one comes from a refresh, if there is a way to. */
  forget(config: Readonly<Record<string, string>>): void;
}

export type OidcDeps = { readonly clock: Clock; readonly files: Files; readonly env: Environment };

const limitMs = 30_000;
/** A failed refresh is not repeated before, whoever asks. */
const failureMs = 60_000;

type Holder = {
  idToken: string;
  refreshToken: string;
  isRefused: boolean;
  failure: { readonly error: ApiError; readonly until: number } | null;
  /** One at a time: a refresh token is often good for one use. */
  running: Promise<OidcToken> | null;
};

export function createOidcTokens(deps: OidcDeps): OidcTokens {
  const holders = new Map<string, Holder>();
  const proxyFor = environmentProxies(deps.env);
  const holderOf = (config: Readonly<Record<string, string>>): Holder => {
    const key = JSON.stringify(config);
    const holder = holders.get(key) ?? {
      idToken: config['id-token'] ?? '',
      refreshToken: config['refresh-token'] ?? '',
      isRefused: false,
      failure: null,
      running: null,
    };
    holders.set(key, holder);
    return holder;
  };

  const refresh = async (holder: Holder, config: Readonly<Record<string, string>>): Promise<OidcToken> => {
    const issuer = config['idp-issuer-url'] ?? '';
    const clientId = config['client-id'] ?? '';
    if (holder.refreshToken === '' || issuer === '' || clientId === '')
      throw new ApiError(
        'login',
        'the OIDC token has expired and the kubeconfig holds no way to refresh it: log in again',
      );
    using limit = deadline(deps.clock, limitMs);
    try {
      const ca = await authorityOf(config, deps.files);
      const client = { issuer, clientId, clientSecret: config['client-secret'] ?? '', ca, proxyFor };
      const renewed = await refreshOidcToken(client, holder.refreshToken, limit.signal);
      Object.assign(holder, renewed, { isRefused: false, failure: null });
      if (!/^[\x21-\x7e]+$/.test(renewed.idToken)) throw new Error('it gave a token that no header may carry');
      return { token: renewed.idToken, expiresAt: expiryOf(renewed.idToken) };
    } catch (error) {
      const why = limit.isPassed ? `no answer within ${limitMs / 1000} s` : reasonOf(error);
      throw new ApiError('login', `OIDC token of ${cell(issuer)} could not be refreshed: ${why}`, { cause: error });
    }
  };

  return {
    get(config, signal) {
      const holder = holderOf(config);
      const now = deps.clock.now();
      const expiresAt = expiryOf(holder.idToken);
      // Without an exp there is nothing to wait for: it is used until the server refuses it.
      const isGood = holder.idToken !== '' && (expiresAt === null || expiresAt > now + 10_000);
      const canRefresh = holder.refreshToken !== '';
      if (isGood && !(holder.isRefused && canRefresh)) return Promise.resolve({ token: holder.idToken, expiresAt });
      if (holder.failure !== null && now < holder.failure.until) return Promise.reject(holder.failure.error);
      holder.running ??= refresh(holder, config)
        .catch((error: unknown) => {
          if (error instanceof ApiError) holder.failure = { error, until: deps.clock.now() + failureMs };
          throw error;
        })
        .finally(() => {
          holder.running = null;
        });
      return unlessAborted(holder.running, signal);
    },
    forget(config) {
      const holder = holderOf(config);
      holder.isRefused = true;
      holder.failure = null;
    },
  };
}

async function authorityOf(config: Readonly<Record<string, string>>, files: Files): Promise<Buffer | null> {
  const data = config['idp-certificate-authority-data'] ?? '';
  if (data !== '') return Buffer.from(data, 'base64');
  const path = config['idp-certificate-authority'] ?? '';
  if (path === '') return null;
  const read = await files.read(path);
  if (!read.ok) throw new Error(`idp-certificate-authority ${path} ${read.message}`);
  return read.data;
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

const reasonOf = (error: unknown): string => cell(redact(error instanceof Error ? error.message : String(error)));

/** The refresh goes on for the others, and its token is kept. */
function unlessAborted(running: Promise<OidcToken>, signal: AbortSignal): Promise<OidcToken> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new ApiError('aborted', 'stopped while a token was refreshed'));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    running.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
