// How one context's requests prove who they are, and what happens when the server says no: one renewal, one more try,
// then a person is needed. Plugins and token refreshes are shared by all contexts through `CredentialDeps`.
import { duration } from '../../core/format.ts';
import { cell } from '../../core/sanitise.ts';
import { ApiError } from '../api-error.ts';
import type { AuthSource, KubeContext } from '../kubeconfig/context.ts';
import { createCertificateReader } from './certificate.ts';
import type { CredentialHeaders, CredentialState, Credentials } from './contract.ts';
import { impersonationHeaders } from './impersonation.ts';
import { type CredentialDeps, createProofSource, type Proof } from './proof.ts';
import { describePlugin } from './exec-plugin.ts';
import { loginCommand } from './login.ts';

export type { CredentialDeps } from './proof.ts';

/** After this long a refused login is tried once more: an authenticator in the cluster may have been down. */
const probeMs = 60_000;

type Failure = { readonly error: ApiError; readonly since: number };

export function createCredentials(context: KubeContext, deps: CredentialDeps): Credentials {
  const source = createProofSource(context, deps);
  const beside = context.tls.client ? createCertificateReader(context.tls.client, deps.files) : null;
  const impersonation = impersonationHeaders(context.impersonate);
  let issued: { readonly proof: Proof; readonly headers: CredentialHeaders } | null = null;
  /** What the source itself could not do; gone with its next success. */
  let failure: Failure | null = null;
  /** What the server refused; gone when it accepts, when a person retries, or for one try at `until`. */
  let refused: (Failure & { readonly until: number }) | null = null;
  let isRenewed = false;
  let renewedAt = Number.NEGATIVE_INFINITY;
  let working: { readonly since: number; readonly doing: string } | null = null;

  const withCommand = (error: ApiError): ApiError => {
    if (error.kind !== 'login' || error.command !== null) return error;
    const heals = loginCommand(context, error);
    return heals === null ? error : new ApiError('login', error.message, { command: heals.title, cause: error });
  };

  const prove = async (signal: AbortSignal): Promise<Proof> => {
    if (refused !== null && deps.clock.now() < refused.until) throw refused.error;
    const mine = { since: deps.clock.now(), doing: describe(context.auth) };
    working = mine;
    try {
      const found = await source.get(signal);
      failure = null;
      return found;
    } catch (error) {
      const told =
        error instanceof ApiError ? withCommand(error) : new ApiError('login', String(error), { cause: error });
      if (told.kind !== 'aborted') failure = { error: told, since: failure?.since ?? deps.clock.now() };
      throw told;
    } finally {
      if (working === mine) working = null;
    }
  };

  return {
    async headers(signal) {
      if (typeof impersonation === 'string') throw new ApiError('unreachable', impersonation);
      const proof = await prove(signal);
      if (issued?.proof !== proof) issued = { proof, headers: { ...proof.headers, ...impersonation } };
      return issued.headers;
    },
    async clientCertificate(signal) {
      const { type } = context.auth;
      // Only these two can bring a certificate; nothing else has to be fetched before a connection is made.
      const own = type === 'exec' || type === 'client-certificate' ? (await prove(signal)).certificate : null;
      return own ?? (beside === null ? null : beside());
    },
    rejected(sent) {
      if (issued === null || (sent !== undefined && sent !== issued.headers)) return;
      const now = deps.clock.now();
      if (!isRenewed) {
        // Some requests pass and some do not (an aggregated API that is set up wrongly): renewing each time heals nothing.
        if (now - renewedAt < probeMs) return;
        isRenewed = true;
        renewedAt = now;
        if (source.renew(issued.proof)) return;
      } else source.renew(issued.proof);
      const error = withCommand(new ApiError('login', refusal(context.auth, issued.proof, now)));
      refused = { error, since: refused?.since ?? now, until: now + probeMs };
    },
    accepted() {
      isRenewed = false;
      refused = null;
    },
    retry(printed) {
      isRenewed = false;
      renewedAt = Number.NEGATIVE_INFINITY;
      failure = null;
      refused = null;
      source.reset(printed);
    },
    get state(): CredentialState {
      const failed = refused ?? failure;
      if (failed !== null) return { status: 'failed', error: failed.error, since: failed.since };
      if (issued !== null) return { status: 'ready', expiresAt: issued.proof.expiresAt };
      return working === null ? { status: 'unused' } : { status: 'working', ...working };
    },
    describe: () => describe(context.auth),
  };
}

/** One line for people; never a secret. */
function describe(auth: AuthSource): string {
  switch (auth.type) {
    case 'none':
      return 'no credentials';
    case 'client-certificate':
      return 'path' in auth.cert ? `client certificate ${cell(auth.cert.path)}` : 'client certificate';
    case 'token':
      return 'token of the kubeconfig';
    case 'token-file':
      return `token file ${cell(auth.path)}`;
    case 'basic':
      return `password of ${cell(auth.username)}`;
    case 'exec':
      return `credential plugin ${describePlugin(auth.exec)}`;
    case 'oidc':
      return `OIDC ${cell(auth.config['idp-issuer-url'] ?? '')}`.trim();
    case 'legacy':
      return `auth-provider ${auth.provider}`;
    case 'broken':
      return auth.reason;
  }
}

/** Why the server may have said 401. */
function refusal(auth: AuthSource, proof: Proof, now: number): string {
  const what = describe(auth);
  if (auth.type === 'none') return 'the server asks for credentials and the context has none';
  if (proof.expiresAt !== null && proof.expiresAt < now)
    return `${what} expired ${duration(now - proof.expiresAt)} ago`;
  return `the server refuses: ${what}`;
}
