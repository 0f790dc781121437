// The ways to prove who one is, each behind the same three calls. A proof is one object for as long as it stays the same,
// so that whoever was refused can say which one it was.
import { cell } from '../../core/sanitise.ts';
import { ApiError } from '../api-error.ts';
import type { AuthSource, ExecPlugin, KubeContext } from '../kubeconfig/context.ts';
import { certificateEnd, clientCertificate, createCertificateReader } from './certificate.ts';
import type { ClientCertificate } from './contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Files } from '../../platform/files.ts';
import type { ExecCredential } from './exec-plugin.ts';
import type { ExecRunner } from './exec-plugin-runner.ts';
import type { OidcTokens } from './oidc.ts';

/** What all contexts of a process share. */
export type CredentialDeps = {
  readonly files: Files;
  readonly clock: Clock;
  readonly plugins: ExecRunner;
  readonly oidc: OidcTokens;
};

export type Proof = {
  readonly headers: Readonly<Record<string, string>>;
  readonly certificate: ClientCertificate | null;
  /** Milliseconds since the epoch; null: unknown. */
  readonly expiresAt: number | null;
};

export interface ProofSource {
  /** Cheap while cached. Throws ApiError. */
  get(signal: AbortSignal): Promise<Proof>;
  /** The server refused this proof: forgets it. False when the next one would be the same. */
  renew(refused: Proof): boolean;
  /** Starts over after a login. */
  reset(printed?: string): void;
}

/** A token file is read again after this long, as client-go does (transport/token_source.go). */
const tokenFileMs = 60_000;

export function createProofSource(context: KubeContext, deps: CredentialDeps): ProofSource {
  const { auth } = context;
  switch (auth.type) {
    case 'none':
      return constant(proof({}));
    case 'token':
      return bearerTrouble(auth.token) === null
        ? constant(bearer(auth.token))
        : failing(badToken('the token of the kubeconfig'));
    case 'basic': {
      const pair = Buffer.from(`${auth.username}:${auth.password}`, 'utf8').toString('base64');
      return constant(proof({ authorization: `Basic ${pair}` }));
    }
    case 'token-file':
      return tokenFile(auth, deps);
    case 'exec':
      return plugin(context, auth.exec, deps);
    case 'oidc':
      return oidc(auth.config, deps);
    case 'client-certificate':
      return certificate(auth, deps);
    case 'legacy':
      return failing(new ApiError('login', `auth-provider ${auth.provider} no longer exists: ${auth.remedy}`));
    case 'broken':
      return failing(new ApiError('unreachable', auth.reason));
  }
}

const proof = (headers: Proof['headers'], more: Partial<Proof> = {}): Proof => ({
  headers,
  certificate: null,
  expiresAt: null,
  ...more,
});

const bearer = (token: string, more: Partial<Proof> = {}): Proof =>
  proof({ authorization: `Bearer ${token.trim()}` }, more);

const bearerTrouble = (token: string): string | null => (/^[\x21-\x7e]+$/.test(token.trim()) ? null : 'unfit');
const badToken = (what: string): ApiError =>
  new ApiError('login', `${what} is empty or holds characters that no header may carry`);

const constant = (only: Proof): ProofSource => ({ get: () => Promise.resolve(only), renew: () => false, reset() {} });

const failing = (error: ApiError): ProofSource => ({
  async get() {
    throw error;
  },
  renew: () => false,
  reset() {},
});

function tokenFile(auth: Extract<AuthSource, { type: 'token-file' }>, { files, clock }: CredentialDeps): ProofSource {
  let last: { readonly token: string; readonly proof: Proof; readonly readAt: number } | null = null;
  let due = false;
  return {
    async get() {
      const now = clock.now();
      if (last !== null && !due && now - last.readAt < tokenFileMs) return last.proof;
      const read = await files.read(auth.path);
      const token = read.ok ? read.data.toString('utf8').trim() : (last?.token ?? auth.fallback ?? '');
      if (!read.ok && token === '') throw new ApiError('login', `token file ${cell(auth.path)} ${read.message}`);
      if (bearerTrouble(token) !== null) throw badToken(`token file ${cell(auth.path)}`);
      due = false;
      last = { token, proof: last?.token === token ? last.proof : bearer(token), readAt: now };
      return last.proof;
    },
    renew() {
      due = true;
      return true;
    },
    reset() {
      due = true;
    },
  };
}

function plugin(context: KubeContext, exec: ExecPlugin, { plugins }: CredentialDeps): ProofSource {
  let last: { readonly credential: ExecCredential; readonly proof: Proof } | null = null;
  return {
    async get(signal) {
      const credential = await plugins.get(context, exec, signal);
      if (last?.credential !== credential) last = { credential, proof: proofOf(credential) };
      return last.proof;
    },
    renew(refused) {
      if (last?.proof === refused) plugins.drop(context, exec, last.credential);
      return true;
    },
    reset(printed) {
      plugins.renew(context, exec, printed);
    },
  };
}

function proofOf({ token, certificate, expiresAt }: ExecCredential): Proof {
  const pair =
    certificate === null ? null : clientCertificate(Buffer.from(certificate.cert), Buffer.from(certificate.key));
  return token === null ? proof({}, { certificate: pair, expiresAt }) : bearer(token, { certificate: pair, expiresAt });
}

function oidc(config: Readonly<Record<string, string>>, { oidc: tokens }: CredentialDeps): ProofSource {
  let last: { readonly token: string; readonly proof: Proof } | null = null;
  return {
    async get(signal) {
      const { token, expiresAt } = await tokens.get(config, signal);
      if (last?.token !== token) last = { token, proof: bearer(token, { expiresAt }) };
      return last.proof;
    },
    renew() {
      tokens.forget(config);
      return true;
    },
    reset() {
      tokens.forget(config);
    },
  };
}

function certificate(
  auth: Extract<AuthSource, { type: 'client-certificate' }>,
  { files }: CredentialDeps,
): ProofSource {
  const read = createCertificateReader(auth, files);
  let last: Proof | null = null;
  return {
    async get() {
      const found = await read();
      if (last === null || last.certificate !== found)
        last = proof({}, { certificate: found, expiresAt: certificateEnd(found) });
      return last;
    },
    // Files may have been renewed meanwhile; inline data is what it is.
    renew: () => 'path' in auth.cert || 'path' in auth.key,
    reset() {},
  };
}
