// Services that have no ready endpoint, and why: their pods, their selector, or nothing that is meant to run.
import type { ClusterFacts, Fact, JoinFinding, JoinRule } from '../../../src/plugin-api/plugin.ts';
import type { Finding, Severity } from '../../../src/plugin-api/read.ts';
import { factCount, factFlag, factText } from '../facts.ts';
import type { Labels } from '../meta.ts';
import { counted, line } from '../words.ts';

/** Endpoints change hands when pods are replaced; a Service may be without for a moment. */
const grace = 30_000;

/** The endpoints of one Service, over all its slices. */
export type Endpoints = { readonly ready: number; readonly total: number; readonly changed: number };

/** Endpoints by `namespace/service`. */
export function endpointsOf(cluster: ClusterFacts): ReadonlyMap<string, Endpoints> {
  const byService = new Map<string, Endpoints>();
  for (const slice of cluster.all('endpointslices.discovery.k8s.io')) {
    const key = `${slice.namespace}/${factText(slice, 'service')}`;
    const other = byService.get(key);
    byService.set(key, {
      ready: (other?.ready ?? 0) + factCount(slice, 'ready'),
      total: (other?.total ?? 0) + factCount(slice, 'total'),
      changed: Math.max(other?.changed ?? 0, factCount(slice, 'changed')),
    });
  }
  return byService;
}

const workloads = [
  'deployments.apps',
  'statefulsets.apps',
  'daemonsets.apps',
  'replicasets.apps',
  'cronjobs.batch',
  'jobs.batch',
] as const;

export const serviceWithoutEndpoints: JoinRule = {
  id: 'service-without-endpoints',
  over: ['services', 'endpointslices.discovery.k8s.io', 'pods', ...workloads],
  find(cluster: ClusterFacts): readonly JoinFinding[] {
    // What may not be read cannot be missed.
    if (!cluster.isComplete('endpointslices.discovery.k8s.io') || !cluster.isComplete('pods')) return [];
    const endpoints = endpointsOf(cluster);
    const without: { readonly about: Fact; readonly selector: Labels; readonly known: Endpoints | undefined }[] = [];
    for (const about of cluster.all('services')) {
      const selector = about.facts['selector'];
      if (!isSelector(selector)) continue;
      const known = endpoints.get(`${about.namespace}/${about.name}`);
      if (known === undefined || known.ready === 0) without.push({ about, selector, known });
    }
    if (without.length === 0) return [];
    const pods = byNamespace(cluster.all('pods'), without);
    return without.flatMap(({ about, selector, known }) => {
      const why = explain(about, selector, pods.get(about.namespace) ?? [], cluster);
      return why === undefined ? [] : [{ about, finding: toFinding(about, known, why) }];
    });
  },
};

const isSelector = (value: unknown): value is Labels => typeof value === 'object' && value !== null;

function byNamespace(pods: Iterable<Fact>, services: readonly { readonly about: Fact }[]): ReadonlyMap<string, Fact[]> {
  const wanted = new Map<string, Fact[]>();
  for (const { about } of services) wanted.set(about.namespace, []);
  for (const pod of pods) wanted.get(pod.namespace)?.push(pod);
  return wanted;
}

const selects = (selector: Labels, labels: unknown): boolean => {
  if (!isSelector(labels)) return false;
  for (const key in selector) if (labels[key] !== selector[key]) return false;
  return true;
};

type Why = {
  readonly severity: Severity;
  readonly message: string;
  readonly cause: string;
  readonly evidence: readonly string[];
};

/** Undefined when the Service is meant to have no endpoints: everything that it selects is scaled to zero. */
function explain(about: Fact, selector: Labels, pods: readonly Fact[], cluster: ClusterFacts): Why | undefined {
  const own = pods.filter((pod) => selects(selector, pod.labels) && !factFlag(pod, 'over'));
  if (own.length > 0) {
    const unwell = own.filter((pod) => pod.facts['problem'] !== undefined || pod.facts['unready'] !== undefined);
    if (unwell.length === own.length) {
      return {
        // The pods have problems of their own, which say why.
        severity: 'info',
        message: `none of its ${counted(own.length, 'pod')} is ready`,
        cause: 'pods not ready',
        evidence: own.slice(0, 5).map((pod) => `pod ${pod.name} is not ready`),
      };
    }
    return {
      severity: 'fail',
      message: `${counted(own.length - unwell.length, 'pod')} ready, but none is an endpoint`,
      cause: 'ready pods are no endpoints',
      evidence: own.slice(0, 5).map((pod) => `pod ${pod.name} has its labels`),
    };
  }
  const behind = workloads.flatMap((resource) =>
    [...cluster.all(resource)].filter((w) => w.namespace === about.namespace && selects(selector, w.facts['labels'])),
  );
  if (behind.some((workload) => factCount(workload, 'want') > 0)) {
    return {
      severity: 'warn',
      message: 'its workload has no pods',
      cause: 'no pods',
      evidence: behind.map(
        (w) => `${factText(w, 'kind')} ${w.name} wants ${factCount(w, 'want')}, has ${factCount(w, 'have')}`,
      ),
    };
  }
  if (behind.length > 0 || !workloads.every((resource) => cluster.isComplete(resource))) return undefined;
  const words = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
  return {
    severity: 'warn',
    message: line(`nothing has its labels ${words.join(', ')}`, 90),
    cause: 'nothing selected',
    evidence: [`selector ${words.join(', ')}`],
  };
}

function toFinding(about: Fact, known: Endpoints | undefined, why: Why): Finding {
  const since = Math.max(about.created, known?.changed ?? 0);
  return {
    rule: 'service-without-endpoints',
    severity: why.severity,
    title: 'No endpoints',
    message: why.message,
    cause: why.cause,
    since,
    activeAt: since + grace,
    evidence: [
      known === undefined ? 'it has no endpoint slice' : `0 of ${counted(known.total, 'endpoint')} ready`,
      ...why.evidence,
    ],
  };
}
