// The two requests that renew an OIDC token: discovery of the token endpoint and the refresh grant (OpenID Connect
// Discovery 1.0 §4, RFC 6749 §6). client-node's own refresh fails before its first request with the openid-client that it
// resolves to.
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { list, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import { openTunnel } from '../transport/proxy.ts';
import { trustedAuthorities } from '../transport/tls.ts';

export type OidcClient = {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PEM; null: the public authorities. */
  readonly ca: Buffer | null;
  readonly proxyFor: (server: URL) => string | null;
};

export type RefreshedToken = { readonly idToken: string; readonly refreshToken: string };

const maxBytes = 1024 * 1024;

/** Throws Error with the provider's reason; the caller knows which context it was for. */
export async function refreshOidcToken(
  client: OidcClient,
  refreshToken: string,
  signal: AbortSignal,
): Promise<RefreshedToken> {
  const known = await ask(
    client,
    `${client.issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
    null,
    signal,
  );
  const endpoint = text(known, 'token_endpoint');
  if (endpoint === '') throw new Error('its discovery names no token_endpoint');
  const methods = list(known, 'token_endpoint_auth_methods_supported');
  // Discovery 1.0 §3: basic is what is supported when nothing is said.
  const basic = client.clientSecret !== '' && (methods.length === 0 || methods.includes('client_secret_basic'));
  const form = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken });
  if (!basic) form.set('client_id', client.clientId);
  if (!basic && client.clientSecret !== '') form.set('client_secret', client.clientSecret);
  const pair = [client.clientId, client.clientSecret].map(encodeURIComponent).join(':');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    ...(basic && { authorization: `Basic ${Buffer.from(pair).toString('base64')}` }),
  };
  const answer = await ask(client, endpoint, { headers, body: form.toString() }, signal);
  const idToken = text(answer, 'id_token');
  if (idToken === '') throw new Error('it gave no id_token; add the scope openid');
  return { idToken, refreshToken: text(answer, 'refresh_token') || refreshToken };
}

type Post = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

async function ask(client: OidcClient, address: string, post: Post | null, signal: AbortSignal): Promise<unknown> {
  if (!URL.canParse(address)) throw new Error(`${cell(address)} is not a URL`);
  const url = new URL(address);
  // A refresh token is worth as much as a password.
  if (url.protocol !== 'https:') throw new Error(`${url.host} is not reached over https`);
  const proxy = client.proxyFor(url);
  const tunnel = proxy === null ? null : await openTunnel(proxy, url.hostname, Number(url.port) || 443, { signal });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const request = https.request(url, {
      method: post === null ? 'GET' : 'POST',
      headers: { accept: 'application/json', ...post?.headers },
      agent: false,
      rejectUnauthorized: true,
      ca: client.ca ?? [...trustedAuthorities()],
      signal,
      ...(tunnel && { socket: tunnel }),
    });
    request.on('response', resolve);
    request.on('error', reject);
    request.end(post?.body);
  });
  return parsed(response, url);
}

async function parsed(response: IncomingMessage, url: URL): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > maxBytes) throw new Error(`${url.host} answered with more than 1 MiB`);
    chunks.push(bytes);
  }
  let answer: unknown;
  try {
    answer = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Error(`${url.host} answered ${response.statusCode ?? 0} with something that is no JSON`);
  }
  if (response.statusCode === 200) return answer;
  const reason = text(answer, 'error_description') || text(answer, 'error');
  throw new Error(`${url.host} answered ${response.statusCode ?? 0}${reason === '' ? '' : `: ${reason}`}`);
}
