// The kubeconfigs of the demo: one as its user has it (the fleet's contexts, with the login that fails), one with every
// identity of every cluster for tests.
import { stringify } from 'yaml';
import type { DemoCluster, DemoUser } from './protocol.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

const userEntry = (name: string, user: DemoUser): object => ({
  name,
  user:
    user.by === 'token'
      ? { token: user.token }
      : { 'client-certificate-data': base64(user.cert), 'client-key-data': base64(user.key) },
});

const clusterEntry = (c: DemoCluster): object => ({
  name: c.name,
  cluster: { server: c.server, 'certificate-authority-data': base64(c.ca) },
});

const contextEntry = (name: string, cluster: string, user: string, namespace?: string): object => ({
  name,
  context: { cluster, user, ...(namespace === undefined ? {} : { namespace }) },
});

const file = (parts: { clusters: object[]; users: object[]; contexts: object[]; current: string }): string =>
  stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': parts.current,
    clusters: parts.clusters,
    users: parts.users,
    contexts: parts.contexts,
    preferences: {},
  });

/** The credential plugin of a cluster whose login fails. */
export type LoginPlugin = { readonly cluster: string; readonly command: string };

/**
 * One context per cluster, as ops; run-ap has two more, as the mock fleet has. `login` replaces the credentials of one
 * cluster by a plugin.
 */
export function fleetKubeconfig(clusters: readonly DemoCluster[], login: LoginPlugin | null): string {
  const users: object[] = [];
  const contexts: object[] = [];
  for (const c of clusters) {
    const name = `ops@${c.name}`;
    contexts.push(
      contextEntry(c.name, c.name, name, c.name.startsWith('run') || c.name.startsWith('edge') ? 'shop' : undefined),
    );
    if (login !== null && login.cluster === c.name)
      users.push({
        name,
        user: {
          exec: {
            apiVersion: 'client.authentication.k8s.io/v1',
            command: login.command,
            args: ['eks', 'get-token', '--cluster-name', c.name, '--profile', 'edge'],
            interactiveMode: 'IfAvailable',
            provideClusterInfo: false,
          },
        },
      });
    else users.push(userEntry(name, c.users.ops));
    if (c.name !== 'run-ap') continue;
    users.push(userEntry('admin@run-ap', c.users.admin), userEntry('ci@run-ap', c.users.ci));
    contexts.push(
      contextEntry('admin@run-ap', c.name, 'admin@run-ap'),
      contextEntry('ci@run-ap', c.name, 'ci@run-ap', 'shop'),
    );
  }
  return file({ clusters: clusters.map(clusterEntry), users, contexts, current: clusters[0]?.name ?? '' });
}

/** `NAME` as administrator, and `ops@NAME`, `ci@NAME`, `viewer@NAME`, `nobody@NAME`. */
export function adminKubeconfig(clusters: readonly DemoCluster[]): string {
  const users = clusters.flatMap((c) =>
    Object.entries(c.users).map(([who, user]) => userEntry(`${who}@${c.name}`, user)),
  );
  const contexts = clusters.flatMap((c) => [
    contextEntry(c.name, c.name, `admin@${c.name}`),
    ...['ops', 'ci', 'viewer', 'nobody'].map((who) =>
      contextEntry(`${who}@${c.name}`, c.name, `${who}@${c.name}`, who === 'viewer' ? c.viewerNamespace : undefined),
    ),
  ]);
  return file({ clusters: clusters.map(clusterEntry), users, contexts, current: clusters[0]?.name ?? '' });
}

/**
 * A credential plugin that fails as an expired single sign-on does, until the file beside it says that somebody has
 * logged in; then it hands out the token that is in that file.
 */
export const loginScript = (tokenFile: string): string => `#!/bin/sh
if [ -f '${tokenFile}' ]; then
  printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat '${tokenFile}')"
  exit 0
fi
echo 'Error when retrieving token from sso: Token has expired and refresh failed' >&2
echo 'To refresh this SSO session run: aws sso login --profile edge' >&2
exit 255
`;
