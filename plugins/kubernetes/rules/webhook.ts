// Admission webhooks that block writes because nobody answers behind their Service.
import type { ClusterFacts, Fact, JoinFinding, JoinRule } from '../../../src/plugin-api/plugin.ts';
import { field, type Finding, items, textOf } from '../../../src/plugin-api/read.ts';
import { factList } from '../facts.ts';
import { counted, line } from '../words.ts';
import { endpointsOf } from './endpoints.ts';

const configurations = [
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
] as const;

/** The pods behind a webhook are replaced now and then. */
const grace = 30_000;

export const webhookFailing: JoinRule = {
  id: 'webhook-failing',
  over: [...configurations, 'services', 'endpointslices.discovery.k8s.io'],
  find(cluster: ClusterFacts): readonly JoinFinding[] {
    const all = configurations.flatMap((resource) => [...cluster.all(resource)]);
    if (all.length === 0) return [];
    if (!cluster.isComplete('services') || !cluster.isComplete('endpointslices.discovery.k8s.io')) return [];
    const services = new Map([...cluster.all('services')].map((s) => [`${s.namespace}/${s.name}`, s]));
    const endpoints = endpointsOf(cluster);
    return all.flatMap((about) => {
      const silent = new Map<string, { readonly names: string[]; readonly resources: Set<string> }>();
      for (const webhook of factList(about, 'webhooks')) {
        const service = textOf(field(webhook, 'service'));
        if ((endpoints.get(service)?.ready ?? 0) > 0) continue;
        const known = silent.get(service) ?? { names: [], resources: new Set<string>() };
        known.names.push(textOf(field(webhook, 'name')));
        for (const resource of items(field(webhook, 'resources'))) known.resources.add(textOf(resource));
        silent.set(service, known);
      }
      return [...silent].map(([service, { names, resources }]) => {
        const since = Math.max(
          about.created,
          services.get(service)?.created ?? 0,
          endpoints.get(service)?.changed ?? 0,
        );
        return { about, finding: blocked(service, services.get(service), names, [...resources], since) };
      });
    });
  },
};

const blocked = (
  service: string,
  known: Fact | undefined,
  names: readonly string[],
  resources: readonly string[],
  since: number,
): Finding => ({
  rule: 'webhook-failing',
  severity: 'fail',
  title: 'Webhook fails',
  message: line(
    `${service} ${known === undefined ? 'does not exist' : 'has no ready endpoint'}, writes are refused`,
    90,
  ),
  cause: `webhook service ${service}`,
  since,
  activeAt: since + grace,
  evidence: [
    `${counted(names.length, 'webhook')} with failurePolicy Fail: ${names.slice(0, 5).join(', ')}`,
    `asked about ${resources.slice(0, 10).join(', ') || 'nothing'}`,
  ],
});
