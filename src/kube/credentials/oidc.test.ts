import { once } from 'node:events';
import https from 'node:https';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeCertificate } from '../../../test/support/scripted-certificate.ts';
import { systemClock } from '../../platform/clock.ts';
import { nodeFiles } from '../../platform/files.ts';
import { createOidcTokens } from './oidc.ts';

const certificate = makeCertificate();
const never = new AbortController().signal;
const jwt = (claims: object): string =>
  ['{"alg":"RS256"}', JSON.stringify(claims), 'signature']
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const seconds = (): number => Math.floor(Date.now() / 1000);

const oidc = () => createOidcTokens({ clock: systemClock, files: nodeFiles, env: {} });

let server: https.Server;
let issuer = '';
let refreshes: string[] = [];
beforeEach(async () => {
  refreshes = [];
  server = https.createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      response.end(
        JSON.stringify({
          issuer,
          token_endpoint: `${issuer}/token`,
          authorization_endpoint: `${issuer}/a`,
          jwks_uri: `${issuer}/k`,
        }),
      );
      return;
    }
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const given = new URLSearchParams(body).get('refresh_token') ?? '';
      refreshes.push(given);
      if (given === 'bad') {
        response.statusCode = 400;
        response.end(JSON.stringify({ error: 'invalid_grant', error_description: 'Session\x1b[2J not active' }));
        return;
      }
      const id = jwt({
        iss: issuer,
        aud: 'kube',
        sub: 'jane',
        iat: seconds(),
        exp: seconds() + 3600,
        n: refreshes.length,
      });
      response.end(
        JSON.stringify({
          access_token: 'a',
          token_type: 'Bearer',
          id_token: id,
          refresh_token: `r${refreshes.length}`,
          expires_in: 3600,
        }),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  issuer = `https://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const config = (refreshToken: string) => ({
  'id-token': jwt({ exp: 1 }),
  'client-id': 'kube',
  'refresh-token': refreshToken,
  'idp-issuer-url': issuer,
  'idp-certificate-authority-data': Buffer.from(certificate.cert).toString('base64'),
});

test('an expired token is refreshed once for all who ask', async () => {
  const tokens = oidc();

  const all = await Promise.all([1, 2, 3].map(() => tokens.get(config('r0'), never)));

  expect(new Set(all.map((t) => t.token)).size).toBe(1);
  expect(all[0]?.expiresAt).toBeGreaterThan(Date.now());
  expect(refreshes).toEqual(['r0']);
  // Refused before its end: the next one comes from the refresh token that came with it.
  tokens.forget(config('r0'));
  expect((await tokens.get(config('r0'), never)).token).not.toBe(all[0]?.token);
  expect(refreshes).toEqual(['r0', 'r1']);
});

test('an issuer without https is not given a refresh token', async () => {
  const failed = oidc().get({ ...config('r0'), 'idp-issuer-url': issuer.replace('https', 'http') }, never);

  await expect(failed).rejects.toMatchObject({ message: expect.stringContaining('not reached over https') });
});

test('a refused refresh needs a login and quotes the provider safely', async () => {
  const failed = oidc().get(config('bad'), never);

  await expect(failed).rejects.toMatchObject({
    kind: 'login',
    message: expect.stringContaining('answered 400: Session^[[2J not active'),
  });
  await expect(failed).rejects.toMatchObject({ message: expect.not.stringMatching(/\x1b/) });
});

test('whoever no longer waits is let go', async () => {
  const stop = new AbortController();
  server.removeAllListeners('request');
  const waiting = oidc()
    .get(config('r0'), stop.signal)
    .then(
      () => null,
      (error: unknown) => error,
    );
  await vi.waitFor(
    async () => {
      expect(await new Promise((resolve) => server.getConnections((_e, n) => resolve(n)))).toBe(1);
    },
    { timeout: 10_000 },
  );

  stop.abort();

  expect(await waiting).toMatchObject({ kind: 'aborted' });
});
