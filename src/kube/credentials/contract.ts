// How requests of one context prove who they are. Implemented by credentials.ts; the session knows this page only.
import type { ApiError } from '../api-error.ts';

/** Headers as node:http2 and node:http take them; impersonated groups and extras are sent several times. */
export type CredentialHeaders = Readonly<Record<string, string | readonly string[]>>;

/** A client certificate in PEM. */
export type ClientCertificate = {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Changes when the certificate or the key does: connections made with another one are to be replaced. */
  readonly fingerprint: string;
};

export type CredentialState =
  /** Nothing was asked for yet. */
  | { readonly status: 'unused' }
  /** A plugin runs or a token is being renewed. */
  | { readonly status: 'working'; readonly since: number; readonly doing: string }
  | { readonly status: 'ready'; readonly expiresAt: number | null }
  /** Only a person can heal it: `error.kind` is `login`, `error.command` the line that heals when it is known. */
  | { readonly status: 'failed'; readonly error: ApiError; readonly since: number };

export interface Credentials {
  /**
   * Authorization and impersonation headers for one request. Cheap while cached. Throws ApiError of kind `login` (or
   * `aborted`); a failure of a plugin is kept for a while, so that a fleet that reconnects does not storm it.
   */
  headers(signal: AbortSignal): Promise<CredentialHeaders>;
  /** The certificate for the next TLS handshake; null: none. Throws as `headers`. */
  clientCertificate(signal: AbortSignal): Promise<ClientCertificate | null>;
  /**
   * The server answered 401: cached credentials are dropped, so that the next `headers` renews them once. When the
   * renewed ones are refused as well (a second call without `accepted` between), `headers` throws `login` for a minute
   * or until `retry`; then one more try is let through. `sent` is what `headers` gave for the refused request: late
   * refusals of headers that were renewed in the meantime do not count.
   */
  rejected(sent?: CredentialHeaders): void;
  /** The server answered anything but 401: what was sent last is good. */
  accepted(): void;
  /**
   * A person logged in again or asks for another try: forgets failures and cached credentials. `printed` is what a login
   * command with `captures` printed: the credential itself.
   */
  retry(printed?: string): void;
  readonly state: CredentialState;
  /** One line for the cluster's details: `exec plugin aws eks get-token`, `token file /x/y`. Never a secret. */
  describe(): string;
}
