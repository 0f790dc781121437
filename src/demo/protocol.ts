// What the demo's child process and whoever started it tell each other over IPC, and the faults it can be given.

/** Which requests a fault is about; absent fields match everything. */
export type RequestMatch = {
  /** Text that the path with its query contains. */
  readonly path?: string;
  /** `list`, `watch`, `get`, `create`, `patch`, `update`, `delete`. */
  readonly verb?: string;
  /** `pods`, `deployments`, `pods/log`. */
  readonly resource?: string;
  readonly user?: string;
};

/**
 * What can be done to a cluster while it runs. Standing faults stay until `clear`; the others happen once.
 * Times are milliseconds.
 */
export type Fault =
  /** Standing: response headers come this much later. */
  | { readonly type: 'latency'; readonly ms: number; readonly match?: RequestMatch }
  /** Standing: bodies leave at this rate. */
  | { readonly type: 'slow-bytes'; readonly bytesPerSecond: number; readonly match?: RequestMatch }
  /** Standing, or for the next `times` matching requests: this answer instead of the real one. */
  | {
      readonly type: 'status';
      readonly code: 401 | 403 | 410 | 429 | 500 | 502 | 503 | 504;
      readonly retryAfter?: number;
      readonly times?: number;
      readonly match?: RequestMatch;
    }
  /** Standing: requests that match get a stream reset instead of an answer. */
  | { readonly type: 'reset-stream'; readonly match?: RequestMatch }
  /** Once: every connection is reset (RST). */
  | { readonly type: 'reset' }
  /** Standing: the process is frozen: connections stay, new ones are accepted, nothing is answered, not even PING. */
  | { readonly type: 'half-open' }
  /** Standing: the port is closed and every connection reset, as when the process is killed. */
  | { readonly type: 'down' }
  /** Once: GOAWAY on every session; running streams go on. */
  | { readonly type: 'goaway' }
  /** Once: running watches that match get a line that is no JSON. */
  | { readonly type: 'garbage'; readonly match?: RequestMatch }
  /** Once: running watches that match end in the middle of a line. */
  | { readonly type: 'truncate'; readonly match?: RequestMatch }
  /** Once: running watches that match get an in-stream ERROR and end. */
  | { readonly type: 'watch-error'; readonly code: number; readonly reason: string; readonly match?: RequestMatch }
  /** Once: running watches that match end cleanly. */
  | { readonly type: 'end-watches'; readonly match?: RequestMatch }
  /** Once: history is forgotten; older resourceVersions are 410 from now on. */
  | { readonly type: 'compact' }
  /** Standing: the feature gate WatchList is off. */
  | { readonly type: 'no-watchlist' }
  /** Standing: discovery answers with plain lists only. */
  | { readonly type: 'plain-discovery' }
  /** Standing: a type (`configmaps`, `leases.coordination.k8s.io`) has no watch verb. */
  | { readonly type: 'no-watch'; readonly resource: string }
  /** Standing: a right is taken away. Running watches go on, as on a real server. */
  | {
      readonly type: 'deny';
      readonly user?: string;
      readonly verb?: string;
      readonly resource?: string;
      readonly namespace?: string;
    }
  /** Standing: bookmarks come at this interval instead of every minute; for watches that start from now on. */
  | { readonly type: 'bookmarks'; readonly everyMs: number }
  /** Standing: bearer tokens of this user, or of everybody, are refused. */
  | { readonly type: 'revoke-tokens'; readonly user?: string }
  /** Standing: a node's kubelet stops: it becomes NotReady after its grace time and its pods unreachable. */
  | { readonly type: 'node-down'; readonly node: string }
  /** Once, for clusters whose kubeconfig has the failing login: the login succeeds from now on. */
  | { readonly type: 'login' };

export type DemoOptions = {
  /** The fleet of the product by name, or so many generated clusters. Default: the fleet. */
  readonly clusters?: number;
  /** Pods in each generated cluster; default 1000. */
  readonly podsPerCluster?: number;
  /** Pod changes per second over all generated clusters; default 0. */
  readonly eventsPerSecond?: number;
  /** Of each pod's log in generated clusters; default 0.5. */
  readonly logLinesPerSecond?: number;
  readonly seed?: number;
  /** Milliseconds after start at which run-ap falls silent; null: never. Default 25 s. Fleet only. */
  readonly silentAfterMs?: number | null;
  /** Whether edge-7 asks for a login that fails; default true. Fleet only. */
  readonly failingLogin?: boolean;
  /** Whether the bad release of cart is under way; default true. Fleet only. */
  readonly incident?: boolean;
  /** Only these clusters of the fleet. */
  readonly only?: readonly string[];
  /** Kubernetes version of generated clusters; default 1.36.1. */
  readonly version?: string;
};

export type DemoUser =
  | { readonly by: 'certificate'; readonly cert: string; readonly key: string }
  | { readonly by: 'token'; readonly token: string };

/** One cluster of the demo as tests and benchmarks need it. */
export type DemoCluster = {
  readonly name: string;
  readonly server: string;
  readonly port: number;
  readonly version: string;
  /** PEM of the authority that signed the serving certificate. */
  readonly ca: string;
  /**
   * `admin` may do everything; `ops` what its role in this cluster allows; `ci` reads what ops reads and changes nothing;
   * `viewer` reads one namespace; `nobody` nothing.
   */
  readonly users: Readonly<Record<'admin' | 'ops' | 'ci' | 'viewer' | 'nobody', DemoUser>>;
  /** The namespace that viewer may read. */
  readonly viewerNamespace: string;
};

export type ToDemo =
  | { readonly type: 'start'; readonly options: DemoOptions }
  | { readonly type: 'fault'; readonly id: number; readonly cluster: string; readonly fault: Fault }
  | { readonly type: 'clear'; readonly id: number; readonly cluster: string; readonly fault?: Fault['type'] }
  | { readonly type: 'usage'; readonly id: number }
  | { readonly type: 'stop' };

/** Cost of the demo's process since it started: milliseconds of CPU, bytes of memory, and what it did. */
export type DemoUsage = {
  readonly cpuMs: number;
  readonly rss: number;
  readonly heapUsed: number;
  readonly requests: number;
  readonly watches: number;
  readonly connections: number;
  /** Bugs of the fleet's controllers; empty when all is well. */
  readonly failures: readonly string[];
};

export type FromDemo =
  | {
      readonly type: 'ready';
      readonly kubeconfigPath: string;
      readonly adminKubeconfigPath: string;
      readonly clusters: readonly DemoCluster[];
    }
  | { readonly type: 'done'; readonly id: number; readonly error: string | null; readonly usage?: DemoUsage }
  | { readonly type: 'failed'; readonly message: string };
