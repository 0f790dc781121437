// From a user entry to the one way its requests prove who they are, in kubectl's order of precedence (client-go
// tools/clientcmd/client_config.go, getUserIdentificationPartialConfig, and rest/transport.go).
import { isAbsolute, join } from 'node:path';
import { cell } from '../../core/sanitise.ts';
import type { AuthSource, Impersonation, PemSource } from './context.ts';
import type { KubeconfigOrigin, UserEntry } from './entries.ts';
import type { ResolveExec } from './exec.ts';

export type ResolvedUser = {
  readonly auth: AuthSource;
  /** A certificate beside `auth`. */
  readonly client: { readonly cert: PemSource; readonly key: PemSource } | null;
  readonly impersonate: Impersonation | null;
};

const broken = (reason: string): ResolvedUser => ({
  auth: { type: 'broken', reason },
  client: null,
  impersonate: null,
});

/** Resolves a user entry for one cluster entry, whose exec extension a plugin may want. */
export async function resolveUser(
  entry: UserEntry,
  clusterConfig: unknown,
  resolveExec: ResolveExec,
): Promise<ResolvedUser> {
  const { user } = entry;
  if (entry.trouble !== null || user === null)
    return broken(`user "${cell(entry.name)}": ${entry.trouble ?? 'unusable'}`);
  const methods = [
    entry.tokenFile !== '' || user.token ? 'token' : '',
    user.username || user.password ? 'basic' : '',
    entry.exec === undefined || entry.exec === null ? '' : 'exec',
    entry.authProvider === null ? '' : 'auth-provider',
  ].filter((m) => m !== '');
  if (methods.includes('token') && methods.includes('basic'))
    return broken(`user "${cell(entry.name)}" has a token and a password; only one is allowed`);
  if (methods.includes('exec') && methods.includes('auth-provider'))
    return broken(`user "${cell(entry.name)}" has exec and auth-provider; only one is allowed`);

  const client = certificateOf(entry);
  if (client !== null && 'reason' in client) return broken(client.reason);
  const impersonate = impersonationOf(entry);
  if (typeof impersonate === 'string') return broken(impersonate);

  const auth = await proofOf(entry, clusterConfig, resolveExec);
  if (auth.type === 'none' && client !== null)
    return { auth: { type: 'client-certificate', ...client }, client: null, impersonate };
  return { auth, client, impersonate };
}

async function proofOf(entry: UserEntry, clusterConfig: unknown, resolveExec: ResolveExec): Promise<AuthSource> {
  const { user, file } = entry;
  if (entry.tokenFile !== '')
    return { type: 'token-file', path: absolute(entry.tokenFile, file), ...(user?.token && { fallback: user.token }) };
  if (user?.token) return { type: 'token', token: user.token };
  if (user?.username || user?.password)
    return { type: 'basic', username: user.username ?? '', password: user.password ?? '' };
  if (entry.exec !== undefined && entry.exec !== null) {
    const resolved = await resolveExec(entry.exec, file, clusterConfig);
    return 'exec' in resolved
      ? { type: 'exec', exec: resolved.exec }
      : { type: 'broken', reason: `user "${cell(entry.name)}": ${resolved.reason}` };
  }
  return entry.authProvider === null ? { type: 'none' } : providerOf(entry.authProvider);
}

/** What replaced the providers that were built into kubectl until 1.26. */
const remedies: Readonly<Record<string, string>> = {
  gcp: 'install gke-gcloud-auth-plugin, then: gcloud container clusters get-credentials CLUSTER',
  azure: 'install kubelogin, then: kubelogin convert-kubeconfig',
  openstack: 'use the exec plugin client-keystone-auth',
};

function providerOf({ name, config }: NonNullable<UserEntry['authProvider']>): AuthSource {
  if (name === 'oidc') return { type: 'oidc', config };
  const remedy = Object.hasOwn(remedies, name) ? remedies[name] : undefined;
  return { type: 'legacy', provider: cell(name), remedy: remedy ?? 'replace it by an exec plugin of your provider' };
}

function certificateOf(entry: UserEntry): ResolvedUser['client'] | { readonly reason: string } {
  const { user, file } = entry;
  // Data wins over a path, as in client-go's dataFromSliceOrFile.
  const cert = pemSource(user?.certData, user?.certFile, file);
  const key = pemSource(user?.keyData, user?.keyFile, file);
  if (cert === null && key === null) return null;
  if (cert === null || key === null)
    return {
      reason: `user "${cell(entry.name)}" has a client ${cert === null ? 'key' : 'certificate'} without its ${cert === null ? 'certificate' : 'key'}`,
    };
  return { cert, key };
}

export function pemSource(
  data: string | undefined,
  path: string | undefined,
  origin: KubeconfigOrigin,
): PemSource | null {
  if (data) return { pem: Buffer.from(data, 'base64') };
  return path ? { path: absolute(path, origin) } : null;
}

const absolute = (path: string, origin: KubeconfigOrigin): string =>
  isAbsolute(path) ? path : join(origin.folder, path);

/** Null: nobody is impersonated; a text says what is wrong. Groups, uid and extra need a user (rest/config.go). */
function impersonationOf(entry: UserEntry): Impersonation | null | string {
  const { user, uid, groups, extra } = entry.impersonate;
  const more = uid !== '' || groups.length > 0 || Object.keys(extra).length > 0;
  if (user === '') return more ? `user "${cell(entry.name)}" impersonates groups, uid or extra but no user (as)` : null;
  return { user, uid: uid === '' ? null : uid, groups, extra };
}
