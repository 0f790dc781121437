// One way to reach one cluster with one identity, as merged from the kubeconfig files. Data only; loading is in
// kubeconfig.ts, credentials in credentials.ts, connections in session.ts.
import type { ClusterId } from '../../core/ids.ts';

/** A context of the kubeconfig, resolved: relative paths and commands are absolute, files are named, not read. */
export type KubeContext = {
  /** The context's name in the file, sanitised for display; `rawName` is as written. */
  readonly name: string;
  readonly rawName: string;
  /** Hashed from server, CA, proxy, tls-server-name and user entry. */
  readonly cluster: ClusterId;
  readonly server: string;
  readonly namespace: string;
  readonly tls: TlsSource;
  /** Proxy from `proxy-url`, else from HTTPS_PROXY/NO_PROXY as client-go reads them; null: direct. May hold a password. */
  readonly proxy: string | null;
  readonly auth: AuthSource;
  /** Name of the user entry; contexts with one of these share a login. */
  readonly user: string;
  readonly impersonate: Impersonation | null;
  /** File that the context came from, for messages; empty for the service account of a pod. */
  readonly file: string;
  /** disable-compression of the cluster entry. */
  readonly disableCompression: boolean;
};

export type TlsSource = {
  /** PEM; null: the system's and Node's bundled authorities. */
  readonly ca: { readonly pem: Buffer } | { readonly path: string } | null;
  readonly serverName: string | null;
  /** Only when the file says so; shown as a badge wherever the cluster is. */
  readonly insecure: boolean;
  /**
   * A client certificate that is sent beside another way to log in, as kubectl does (a proxy in front of the API server
   * may ask for it). When it is the only proof, `auth` is `client-certificate` and this is absent.
   */
  readonly client?: { readonly cert: PemSource; readonly key: PemSource };
};

export type Impersonation = {
  readonly user: string;
  readonly uid: string | null;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
};

/** How a request proves who it is. Secrets are held here and in memory only, never printed. */
export type AuthSource =
  | { readonly type: 'none' }
  | { readonly type: 'client-certificate'; readonly cert: PemSource; readonly key: PemSource }
  | { readonly type: 'token'; readonly token: string }
  /** Re-read after at most 60 s; `fallback` is the entry's own token, used while the file cannot be read. */
  | { readonly type: 'token-file'; readonly path: string; readonly fallback?: string }
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'exec'; readonly exec: ExecPlugin }
  | { readonly type: 'oidc'; readonly config: Readonly<Record<string, string>> }
  /** A legacy auth-provider that no longer exists; `remedy` names what replaced it. */
  | { readonly type: 'legacy'; readonly provider: string; readonly remedy: string }
  /** The entry contradicts itself or names a file that is not there. */
  | { readonly type: 'broken'; readonly reason: string };

export type PemSource = { readonly pem: Buffer } | { readonly path: string };

/** users[].user.exec, with the command resolved as kubectl resolves it. */
export type ExecPlugin = {
  readonly apiVersion: string;
  readonly command: string;
  /** As written in the file, for messages. */
  readonly rawCommand: string;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint: string | null;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
  /** Lies inside the kubeconfig's folder or the working directory: the user is asked before its first run. */
  readonly suspicious: boolean;
  /** What the cluster entry's extension `client.authentication.k8s.io/exec` holds; passed on with provideClusterInfo. */
  readonly clusterConfig?: unknown;
};
