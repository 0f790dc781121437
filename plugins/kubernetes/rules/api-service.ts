// Aggregated APIs that do not answer: discovery, metrics and namespace deletion hang on them.
import { type Finding, field, textOf, timeOf } from '../../../src/plugin-api/read.ts';
import { conditionOf, createdOf, deletedAt } from '../meta.ts';
import { line, quoted } from '../words.ts';

/** A new APIService is asked for the first time a moment after it was made. */
const grace = 30_000;

export function apiServiceFailing(object: unknown): readonly Finding[] {
  const meta = field(object, 'metadata');
  const service = field(field(object, 'spec'), 'service');
  // Without a service it is served by the API server itself.
  if (typeof service !== 'object' || service === null || deletedAt(meta) !== undefined) return none;
  const condition = conditionOf(field(object, 'status'), 'Available');
  if (condition === undefined || field(condition, 'status') === 'True') return none;
  const reason = textOf(field(condition, 'reason'));
  const message = textOf(field(condition, 'message'));
  const since = timeOf(field(condition, 'lastTransitionTime')) ?? createdOf(meta);
  return [
    {
      rule: 'api-service-failing',
      severity: 'fail',
      title: 'API fails',
      message: line(
        `${reasons[reason] ?? reason}: ${textOf(field(service, 'namespace'))}/${textOf(field(service, 'name'))}`,
        90,
      ),
      cause: reason,
      since,
      activeAt: Math.max(since, createdOf(meta) + grace),
      evidence: [`Available=${textOf(field(condition, 'status'))} ${line(quoted(reason, message), 400)}`],
    },
  ];
}

const none: readonly Finding[] = [];

const reasons: Readonly<Record<string, string>> = {
  ServiceNotFound: 'service not found',
  ServiceAccessError: 'service cannot be read',
  ServicePortError: 'service has not the port',
  EndpointsNotFound: 'service has no endpoints',
  EndpointsAccessError: 'endpoints cannot be read',
  MissingEndpoints: 'service has no ready endpoint',
  FailedDiscoveryCheck: 'does not answer',
};
