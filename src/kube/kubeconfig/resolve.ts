// From merged entries to contexts that can be connected. What is wrong with one makes that one `broken` with its reason.
import { hash } from 'node:crypto';
import { type ClusterId, clusterId } from '../../core/ids.ts';
import { cell } from '../../core/sanitise.ts';
import type { AuthSource, KubeContext, TlsSource } from './context.ts';
import { pemSource, type ResolvedUser, resolveUser } from './auth.ts';
import type { ClusterEntry, ContextEntry } from './entries.ts';
import { createExecResolver, type ExecSurroundings } from './exec.ts';
import type { MergedKubeconfig } from './merge.ts';
import { environmentProxies, isLoopback } from '../transport/proxy-environment.ts';
import { proxyTrouble } from '../transport/proxy-url.ts';

/** Where requests of a cluster entry go. */
type ResolvedCluster = {
  readonly server: string;
  readonly tls: TlsSource;
  readonly proxy: string | null;
  readonly disableCompression: boolean;
  readonly execConfig: unknown;
  readonly trouble: string | null;
};

const noTls: TlsSource = { ca: null, serverName: null, insecure: false };
const nowhere = (trouble: string): ResolvedCluster => ({
  server: '',
  tls: noTls,
  proxy: null,
  disableCompression: false,
  execConfig: undefined,
  trouble,
});

/** All contexts in file order. Clusters and users are resolved once each, however many contexts name them. */
export async function resolveContexts(
  merged: MergedKubeconfig,
  around: ExecSurroundings,
): Promise<readonly KubeContext[]> {
  const resolveExec = createExecResolver(around);
  const proxyFor = environmentProxies(around.env);
  const clusters = new Map<string, ResolvedCluster>();
  const users = new Map<string, ResolvedUser>();
  const clusterOf = (name: string): ResolvedCluster => {
    let known = clusters.get(name);
    if (!known) {
      known = resolveCluster(merged.clusters.get(name), name, proxyFor);
      clusters.set(name, known);
    }
    return known;
  };
  const userOf = async (name: string, cluster: ResolvedCluster): Promise<ResolvedUser> => {
    // Only the plugin's extension ties a user to a cluster; without one the user is the same everywhere.
    const key = cluster.execConfig === undefined ? name : null;
    const known = key === null ? undefined : users.get(key);
    if (known) return known;
    const entry = merged.users.get(name);
    const resolved = entry
      ? await resolveUser(entry, cluster.execConfig, resolveExec)
      : noUser(name === '' ? null : `user "${cell(name)}" is in no file`);
    if (key !== null) users.set(key, resolved);
    return resolved;
  };

  const contexts: KubeContext[] = [];
  for (const entry of merged.contexts.values()) {
    const cluster = clusterOf(entry.cluster);
    contexts.push(contextOf(entry, cluster, await userOf(entry.user, cluster)));
  }
  return contexts;
}

const noUser = (trouble: string | null): ResolvedUser => ({
  auth: trouble === null ? { type: 'none' } : { type: 'broken', reason: trouble },
  client: null,
  impersonate: null,
});

function contextOf(entry: ContextEntry, cluster: ResolvedCluster, user: ResolvedUser): KubeContext {
  const trouble = entry.trouble ?? cluster.trouble;
  const auth: AuthSource = trouble === null ? user.auth : { type: 'broken', reason: trouble };
  const tls: TlsSource = user.client === null ? cluster.tls : { ...cluster.tls, client: user.client };
  return {
    name: cell(entry.name),
    rawName: entry.name,
    cluster: identify(cluster, entry),
    server: cluster.server,
    namespace: entry.namespace === '' ? 'default' : entry.namespace,
    tls,
    proxy: cluster.proxy,
    auth,
    user: entry.user,
    impersonate: user.impersonate,
    file: entry.file.path,
    disableCompression: cluster.disableCompression,
  };
}

function resolveCluster(
  entry: ClusterEntry | undefined,
  name: string,
  proxyFor: (server: URL) => string | null,
): ResolvedCluster {
  if (!entry) return nowhere(`cluster "${cell(name)}" is in no file`);
  const { cluster } = entry;
  const label = `cluster "${cell(name)}"`;
  if (entry.trouble !== null || cluster === null) return nowhere(`${label}: ${entry.trouble ?? 'unusable'}`);
  const ca = pemSource(cluster.caData, cluster.caFile, entry.file);
  const tls: TlsSource = { ca, serverName: cluster.tlsServerName || null, insecure: cluster.skipTLSVerify };
  const server = serverUrl(cluster.server, ca !== null || cluster.skipTLSVerify);
  if (typeof server === 'string') return nowhere(`${label}: ${server}`);
  // rest/transport: "specifying a root certificates file with the insecure flag is not allowed".
  const contradiction =
    ca !== null && cluster.skipTLSVerify ? 'has insecure-skip-tls-verify and a certificate-authority' : null;
  const badProxy = cluster.proxyUrl ? proxyTrouble(cluster.proxyUrl) : null;
  const trouble = contradiction ?? badProxy;
  return {
    server: server.href.replace(/\/+$/, ''),
    tls,
    proxy: badProxy === null && cluster.proxyUrl ? cluster.proxyUrl : proxyFor(server),
    disableCompression: entry.disableCompression,
    execConfig: entry.execConfig,
    trouble: trouble === null ? null : `${label}: ${trouble}`,
  };
}

/** The server as a URL, or what is wrong with it. Without a scheme it is https where TLS is set up, as in client-go. */
function serverUrl(written: string, hasTls: boolean): URL | string {
  const text = written.trim();
  const withScheme = /^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `${hasTls ? 'https' : 'http'}://${text}`;
  if (!URL.canParse(withScheme)) return `server is not a URL: ${cell(text)}`;
  const url = new URL(withScheme);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    return `server has the scheme ${url.protocol.slice(0, -1)}; use https`;
  if (url.username !== '' || url.password !== '') return 'server holds a user or password; put them into a user entry';
  if (url.protocol === 'http:' && !isLoopback(url.hostname.replace(/^\[(.*)\]$/, '$1')))
    return 'server is http:// and not on this machine; credentials would be sent in the clear: use https://';
  url.search = '';
  url.hash = '';
  return url;
}

/** Equal for contexts that differ in namespace or name only; from what is known before the first connection. */
function identify(cluster: ResolvedCluster, entry: ContextEntry): ClusterId {
  // What names no cluster is told apart by its own name.
  const where = cluster.server === '' ? ['', entry.name] : [cluster.server, authority(cluster.tls)];
  const parts = [...where, cluster.proxy ?? '', cluster.tls.serverName ?? '', entry.user];
  return clusterId(hash('sha256', JSON.stringify(parts), 'hex').slice(0, 16));
}

function authority({ ca }: TlsSource): string {
  if (ca === null) return '';
  return 'path' in ca ? ca.path : hash('sha256', ca.pem, 'base64');
}
