// The demo fleet as data: seven clusters, ten apps, which version runs where. All ages count back from the start.

import type { ClusterRole } from '../controllers/world.ts';

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

export type ClusterData = {
  readonly name: string;
  readonly role: ClusterRole;
  readonly version: string;
  readonly region: string;
  readonly nodes: readonly string[];
  readonly nodeCpu: number;
  readonly nodeMemoryGi: number;
  readonly runtime: string;
  readonly cni: 'cilium' | 'antrea';
  /** Pods in all; what apps and systems leave is filled up with `filler`, `namespace/name` each. */
  readonly pods: number;
  readonly filler: readonly string[];
  /** Share of the allocatable CPU and memory that all requests together take. */
  readonly requested: { readonly cpu: number; readonly memory: number };
  /** Where the viewer may look. */
  readonly viewerNamespace: string;
};

const letters = (prefixes: readonly string[], counts: readonly number[]): string[] =>
  prefixes.flatMap((p, i) => Array.from({ length: counts[i] ?? 0 }, (_, n) => `${p}-${'abcdef'[n]}`));

export const clusters: readonly ClusterData[] = [
  {
    name: 'iterate-eu',
    role: 'iterate',
    version: '1.34.0',
    region: 'eu-central-1',
    nodes: letters(['it'], [5]),
    nodeCpu: 16,
    nodeMemoryGi: 64,
    runtime: 'containerd://2.1.4',
    cni: 'antrea',
    pods: 164,
    filler: ['dev-spaces/workspace'],
    requested: { cpu: 0.38, memory: 0.49 },
    viewerNamespace: 'shop-dev',
  },
  {
    name: 'build-1',
    role: 'build',
    version: '1.33.2',
    region: 'eu-central-1',
    nodes: letters(['b1'], [6]),
    nodeCpu: 16,
    nodeMemoryGi: 64,
    runtime: 'containerd://2.1.4',
    cni: 'antrea',
    pods: 148,
    filler: ['builds/build-agent'],
    requested: { cpu: 0.77, memory: 0.58 },
    viewerNamespace: 'builds',
  },
  {
    name: 'view-1',
    role: 'view',
    version: '1.33.2',
    region: 'eu-central-1',
    nodes: letters(['v1'], [4]),
    nodeCpu: 8,
    nodeMemoryGi: 32,
    runtime: 'containerd://2.1.4',
    cni: 'antrea',
    pods: 96,
    filler: ['observability/loki-read', 'observability/tempo-querier'],
    requested: { cpu: 0.22, memory: 0.41 },
    viewerNamespace: 'shop',
  },
  {
    name: 'run-eu',
    role: 'run',
    version: '1.33.4',
    region: 'eu-west-1',
    nodes: letters(['eu-w1', 'eu-w2', 'eu-w3'], [3, 3, 3]),
    nodeCpu: 16,
    nodeMemoryGi: 64,
    runtime: 'containerd://2.1.4',
    cni: 'cilium',
    pods: 312,
    filler: ['media/transcoder', 'ads/bidder', 'events/ingest'],
    requested: { cpu: 0.61, memory: 0.84 },
    viewerNamespace: 'shop',
  },
  {
    name: 'run-us',
    role: 'run',
    version: '1.33.4',
    region: 'us-east-1',
    nodes: letters(['us-e1', 'us-e2'], [4, 4]),
    nodeCpu: 16,
    nodeMemoryGi: 64,
    runtime: 'containerd://2.0.6',
    cni: 'cilium',
    pods: 287,
    filler: ['media/transcoder', 'ads/bidder', 'events/ingest'],
    requested: { cpu: 0.54, memory: 0.71 },
    viewerNamespace: 'shop',
  },
  {
    name: 'run-ap',
    role: 'run',
    version: '1.33.4',
    region: 'ap-southeast-1',
    nodes: letters(['ap-s1', 'ap-s2'], [4, 3]),
    nodeCpu: 16,
    nodeMemoryGi: 64,
    runtime: 'containerd://2.1.4',
    cni: 'cilium',
    pods: 197,
    filler: ['media/transcoder', 'ads/bidder', 'events/ingest'],
    requested: { cpu: 0.4, memory: 0.55 },
    viewerNamespace: 'shop',
  },
  {
    name: 'edge-7',
    role: 'run',
    version: '1.31.9',
    region: 'edge',
    nodes: letters(['edge-7'], [2]),
    nodeCpu: 4,
    nodeMemoryGi: 16,
    runtime: 'containerd://1.7.27',
    cni: 'cilium',
    pods: 31,
    filler: ['edge/collector'],
    requested: { cpu: 0.45, memory: 0.52 },
    viewerNamespace: 'shop',
  },
];

/** Digests by app and version: the six digits that a screen shows. */
const digests: Readonly<Record<string, string>> = {
  'cart 2.4.0': '9f3c1a',
  'cart 2.3.1': '77ab02',
  'cart 2.3.0': '5c20de',
  'cart 2.2.9': 'b4471f',
  'cart 2.2.8': '90ce13',
  'catalog 2.3.1': '8c4e19',
  'catalog 2.3.0': '5c20de',
  'checkout 3.2.4': 'a90c55',
  'payments 1.9.2': 'e1d4b0',
  'search 5.0.3': '41fe8d',
  'web 4.1.0': '0b77e3',
  'gateway 1.32.1': 'c0ffe1',
  'inventory 1.4.7': 'd20a9b',
  'notify 0.9.4': '7be310',
  'recommender 2.0.0': '18cc4f',
};

export const digestOf = (app: string, version: string): string | undefined => digests[`${app} ${version}`];

/** One version that a Deployment ran: the newest first. */
export type Release = { readonly version: string; readonly age: number; readonly by?: string };

export type AppData = {
  readonly app: string;
  readonly namespace: string;
  readonly replicas: number;
  readonly releases: readonly Release[];
  readonly revision: number;
  readonly paused?: boolean;
  readonly restarts?: number;
  readonly owner?: 'flux' | 'ops' | 'helm';
};

type Placed = readonly [
  cluster: string,
  namespace: string,
  replicas: number,
  releases: readonly Release[],
  revision: number,
];

const at = (...pairs: readonly (readonly [string, number])[]): Release[] =>
  pairs.map(([version, age]) => ({ version, age }));

/** Where each app runs. Cart's last release in run-eu and run-us is part of the incident. */
const placements: Readonly<Record<string, readonly Placed[]>> = {
  cart: [
    ['iterate-eu', 'shop-dev', 3, at(['2.4.0', 8 * minute], ['2.3.1', 6 * day], ['2.3.0', 22 * day]), 31],
    ['iterate-eu', 'shop-staging', 1, at(['2.4.0', 6 * minute], ['2.3.1', 6 * day]), 22],
    ['run-eu', 'shop', 3, at(['2.3.1', 6 * day], ['2.3.0', 21 * day], ['2.2.9', 24 * day], ['2.2.8', 41 * day]), 13],
    ['run-us', 'shop', 3, at(['2.3.1', 6 * day], ['2.3.0', 21 * day], ['2.2.9', 24 * day], ['2.2.8', 41 * day]), 13],
    ['run-ap', 'shop', 3, at(['2.3.1', 6 * day], ['2.3.0', 21 * day]), 12],
    ['edge-7', 'shop', 1, at(['2.3.1', 5 * day], ['2.3.0', 20 * day]), 8],
  ],
  checkout: [
    ['iterate-eu', 'shop-dev', 3, at(['3.3.0', day], ['3.2.4', 20 * day]), 19],
    ['iterate-eu', 'shop-staging', 1, at(['3.2.4', 19 * day]), 12],
    ['run-eu', 'shop', 3, at(['3.2.4', 19 * day], ['3.2.3', 33 * day]), 9],
    ['run-us', 'shop', 3, at(['3.2.4', 19 * day], ['3.2.3', 33 * day]), 9],
    ['run-ap', 'shop', 3, at(['3.2.4', 19 * day]), 9],
  ],
  catalog: [
    ['iterate-eu', 'shop-dev', 2, at(['2.4.0', 2 * day], ['2.3.1', 7 * day]), 17],
    ['iterate-eu', 'shop-staging', 1, at(['2.3.1', 6 * day]), 11],
    ['view-1', 'shop', 1, at(['2.3.1', 6 * day]), 7],
    ['run-eu', 'shop', 4, at(['2.3.1', 6 * day], ['2.3.0', 21 * day]), 8],
    ['run-us', 'shop', 4, at(['2.3.0', 21 * day], ['2.2.4', 40 * day]), 7],
    ['run-ap', 'shop', 3, at(['2.3.1', 6 * day], ['2.3.0', 21 * day]), 8],
    ['edge-7', 'shop', 1, at(['2.3.0', 20 * day]), 5],
  ],
  payments: [
    ['iterate-eu', 'shop-dev', 3, at(['1.9.2', 12 * day], ['1.9.1', 30 * day]), 24],
    ['iterate-eu', 'shop-staging', 1, at(['1.9.2', 12 * day]), 18],
    ['run-eu', 'shop', 3, at(['1.9.2', 12 * day], ['1.9.1', 29 * day]), 15],
    ['run-us', 'shop', 3, at(['1.9.2', 12 * day], ['1.9.1', 29 * day]), 15],
    ['run-ap', 'shop', 2, at(['1.9.2', 12 * day]), 15],
  ],
  search: [
    ['iterate-eu', 'shop-dev', 2, at(['5.1.0', 3 * hour], ['5.0.3', 4 * day]), 12],
    ['iterate-eu', 'shop-staging', 1, at(['5.0.3', 3 * day]), 9],
    ['run-eu', 'shop', 3, at(['5.0.3', 3 * day], ['5.0.2', 18 * day]), 6],
    ['run-us', 'shop', 3, at(['5.0.3', 3 * day], ['5.0.2', 18 * day]), 6],
    ['run-ap', 'shop', 2, at(['5.0.3', 3 * day]), 6],
  ],
  web: [
    ['iterate-eu', 'shop-dev', 4, at(['4.1.0', 2 * day], ['4.0.8', 9 * day]), 40],
    ['iterate-eu', 'shop-staging', 1, at(['4.1.0', 2 * day]), 33],
    ['view-1', 'shop', 2, at(['4.1.0', 2 * day]), 21],
    ['run-eu', 'shop', 6, at(['4.1.0', 2 * day], ['4.0.8', 9 * day], ['4.0.7', 16 * day]), 28],
    ['run-us', 'shop', 6, at(['4.1.0', 2 * day], ['4.0.8', 9 * day]), 28],
    ['run-ap', 'shop', 4, at(['4.1.0', 2 * day]), 28],
    ['edge-7', 'shop', 1, at(['4.1.0', 2 * day]), 11],
  ],
  gateway: [
    ['iterate-eu', 'shop-dev', 2, at(['1.32.1', 40 * day]), 4],
    ['iterate-eu', 'shop-staging', 1, at(['1.32.1', 40 * day]), 4],
    ['view-1', 'shop', 2, at(['1.32.1', 40 * day]), 3],
    ['run-eu', 'shop', 3, at(['1.32.1', 40 * day], ['1.31.4', 88 * day]), 5],
    ['run-us', 'shop', 3, at(['1.32.1', 40 * day], ['1.31.4', 88 * day]), 5],
    ['run-ap', 'shop', 2, at(['1.32.1', 40 * day]), 5],
    ['edge-7', 'shop', 1, at(['1.31.4', 88 * day]), 2],
  ],
  inventory: [
    ['iterate-eu', 'shop-dev', 2, at(['1.4.7', 8 * day]), 10],
    ['iterate-eu', 'shop-staging', 1, at(['1.4.7', 8 * day]), 8],
    ['run-eu', 'shop', 2, at(['1.4.7', 8 * day], ['1.4.6', 31 * day]), 7],
    ['run-us', 'shop', 2, at(['1.4.7', 8 * day], ['1.4.6', 31 * day]), 7],
  ],
  notify: [
    ['iterate-eu', 'shop-dev', 1, at(['0.9.4', 33 * day]), 6],
    ['run-eu', 'shop', 1, at(['0.9.4', 33 * day]), 5],
    ['run-us', 'shop', 1, at(['0.9.4', 33 * day]), 5],
  ],
  recommender: [
    ['iterate-eu', 'shop-dev', 2, at(['2.1.0', 4 * hour], ['2.0.0', 6 * day]), 14],
    ['iterate-eu', 'shop-staging', 1, at(['2.0.0', 5 * day]), 9],
    ['run-eu', 'shop', 2, at(['2.0.0', 5 * day], ['1.9.9', 26 * day]), 6],
  ],
};

/** The apps of one cluster. */
export function appsOf(cluster: string): AppData[] {
  const out: AppData[] = [];
  for (const [app, placed] of Object.entries(placements))
    for (const [name, namespace, replicas, releases, revision] of placed) {
      if (name !== cluster) continue;
      const paused = app === 'catalog' && cluster === 'run-us';
      const restarts = app === 'web' && cluster === 'run-eu' ? 1 : 0;
      out.push({
        app,
        namespace,
        replicas,
        releases,
        revision,
        restarts,
        owner: 'flux',
        ...(paused ? { paused } : {}),
      });
    }
  return out;
}

/** What one container of an app asks for and may use. */
export const resourcesOf = (app: string): { cpu: string; memory: string; limit: string } =>
  ({
    cart: { cpu: '250m', memory: '384Mi', limit: '512Mi' },
    checkout: { cpu: '250m', memory: '256Mi', limit: '512Mi' },
    catalog: { cpu: '200m', memory: '256Mi', limit: '512Mi' },
    payments: { cpu: '300m', memory: '512Mi', limit: '1Gi' },
    search: { cpu: '1', memory: '2Gi', limit: '4Gi' },
    web: { cpu: '300m', memory: '512Mi', limit: '1Gi' },
    recommender: { cpu: '500m', memory: '1Gi', limit: '2Gi' },
  })[app] ?? { cpu: '100m', memory: '128Mi', limit: '256Mi' };

/** Autoscalers of the run clusters: least and most replicas. */
export const autoscaled: Readonly<Record<string, readonly [number, number]>> = {
  cart: [3, 6],
  checkout: [2, 8],
  catalog: [3, 9],
  web: [4, 12],
};
