// The service account of the pod that the program runs in, under kubectl's conditions (clientcmd client_config.go,
// inClusterClientConfig; rest/config.go, InClusterConfig).
import net from 'node:net';
import { clusterId } from '../../core/ids.ts';
import { cell } from '../../core/sanitise.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Files } from '../../platform/files.ts';
import type { KubeContext } from './context.ts';

const mount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The context of the pod's service account, or null outside of one. `root` is put before the mount's path in tests. */
export async function serviceAccountContext(env: Environment, files: Files, root = ''): Promise<KubeContext | null> {
  const host = env['KUBERNETES_SERVICE_HOST'] ?? '';
  const port = env['KUBERNETES_SERVICE_PORT'] ?? '';
  if (host === '' || port === '') return null;
  const folder = `${root}${mount}`;
  const token = await files.stamp(`${folder}/token`);
  if (token === null || token.kind === 'folder') return null;
  const server = `https://${net.isIPv6(host) ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(server)) return null;
  const hasAuthority = (await files.stamp(`${folder}/ca.crt`)) !== null;
  return {
    name: 'in-cluster',
    rawName: 'in-cluster',
    cluster: clusterId('in-cluster'),
    server,
    namespace: await namespaceOf(env, files, folder),
    tls: { ca: hasAuthority ? { path: `${folder}/ca.crt` } : null, serverName: null, insecure: false },
    proxy: null,
    auth: { type: 'token-file', path: `${folder}/token` },
    user: 'service account',
    impersonate: null,
    file: '',
    disableCompression: false,
  };
}

async function namespaceOf(env: Environment, files: Files, folder: string): Promise<string> {
  if (env['POD_NAMESPACE']) return cell(env['POD_NAMESPACE']);
  const read = await files.read(`${folder}/namespace`);
  const written = read.ok ? read.data.toString('utf8').trim() : '';
  return written === '' ? 'default' : cell(written);
}
