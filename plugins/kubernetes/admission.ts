// What stands between a client and the API's objects: aggregated APIs and admission webhooks. Facts and findings only;
// their lists are shown with the server's own columns.
import type { RowContent, WatchDefinition } from '../../src/plugin-api/plugin.ts';
import { field, items, type KubeObject, type PathSpec, textOf } from '../../src/plugin-api/read.ts';
import { conditionPaths, createdOf, deletedAt, metaPaths } from './meta.ts';
import { apiServiceFailing } from './rules/api-service.ts';
import { stuckDeleting } from './rules/stuck-deleting.ts';

const bare = (object: KubeObject): RowContent => ({
  health: 'none',
  created: createdOf(object['metadata']),
  cells: [],
});

export const apiServiceWatch: WatchDefinition = {
  group: 'apiregistration.k8s.io',
  resource: 'apiservices',
  versions: ['v1'],
  when: 'always',
  pick: {
    metadata: metaPaths,
    spec: { service: { name: 1, namespace: 1 } },
    status: { conditions: conditionPaths },
  },
  toRow: () => undefined,
  findings: (object) => [...stuckDeleting(object, 'APIService'), ...apiServiceFailing(object)],
};

const webhookPaths: PathSpec = {
  metadata: metaPaths,
  webhooks: [
    {
      name: 1,
      failurePolicy: 1,
      clientConfig: { service: { name: 1, namespace: 1 } },
      rules: [{ resources: 1, operations: 1 }],
    },
  ],
};

/** What a rule knows of one webhook that blocks requests when it does not answer. */
export type WebhookFact = {
  readonly name: string;
  readonly service: string;
  /** Resources that it is asked about. */
  readonly resources: readonly string[];
};

/** Webhooks that are called through a Service and block when they fail; ignoring failures is the gentle choice. */
function blockingWebhooks(object: KubeObject): readonly WebhookFact[] {
  return items(object['webhooks']).flatMap((webhook) => {
    const service = field(field(webhook, 'clientConfig'), 'service');
    const name = textOf(field(service, 'name'));
    if (name === '' || field(webhook, 'failurePolicy') === 'Ignore') return [];
    const resources = items(field(webhook, 'rules')).flatMap((rule) => items(field(rule, 'resources')));
    return [
      {
        name: textOf(field(webhook, 'name')),
        service: `${textOf(field(service, 'namespace'))}/${name}`,
        resources: [...new Set(resources.filter((r): r is string => typeof r === 'string'))],
      },
    ];
  });
}

function webhookRow(object: KubeObject): RowContent | undefined {
  if (deletedAt(object['metadata']) !== undefined) return undefined;
  const webhooks = blockingWebhooks(object);
  return webhooks.length === 0 ? undefined : { ...bare(object), facts: { webhooks } };
}

const webhookWatch = (resource: string): WatchDefinition => ({
  group: 'admissionregistration.k8s.io',
  resource,
  versions: ['v1'],
  when: 'always',
  pick: webhookPaths,
  toRow: webhookRow,
});

export const validatingWebhookWatch = webhookWatch('validatingwebhookconfigurations');
export const mutatingWebhookWatch = webhookWatch('mutatingwebhookconfigurations');
