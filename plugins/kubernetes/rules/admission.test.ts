import { describe, expect, test } from 'vitest';
import { mutatingWebhookWatch, validatingWebhookWatch } from '../admission.ts';
import { warningWatch } from '../events.ts';
import { ago, cluster, condition, facts, found, meta, now, owned } from '../fixtures.ts';
import { endpointWatch, serviceWatch } from '../services.ts';
import { replicaSetWatch, statefulSetWatch } from '../sets.ts';
import { apiServiceFailing } from './api-service.ts';
import { createFailed, podsRefused, refusal } from './create-failed.ts';
import { webhookFailing } from './webhook.ts';

describe('a refusal to create pods', () => {
  test.each([
    [
      'pods "p2" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=10, limited: pods=10',
      'quota-exhausted',
      'quota compute is used up: pods=10 of 10',
    ],
    [
      'Error creating: pods "x" is forbidden: failed quota: compute: must specify requests.cpu for: c',
      'create-failed',
      'quota compute wants requests.cpu for: c',
    ],
    [
      'Internal error occurred: failed calling webhook "pods.policy.example": failed to call webhook: Post "https://policy.policy.svc:443/": no endpoints available for service "policy"',
      'webhook-failing',
      'webhook pods.policy.example: no endpoint of service policy',
    ],
    [
      'admission webhook "validate.kyverno.svc" denied the request: image is not signed',
      'create-failed',
      'validate.kyverno.svc denies: image is not signed',
    ],
    [
      'pods "x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      'create-failed',
      'restricted:latest denies: allowPrivilegeEscalation != false',
    ],
    [
      'pods "x-" is forbidden: error looking up service account shop/cart: serviceaccount "cart" not found',
      'create-failed',
      'ServiceAccount cart not found',
    ],
    ['', 'create-failed', 'no reason given'],
  ])('%s', (message, rule, words) => {
    expect(refusal(message)).toMatchObject({ rule, message: words });
  });

  const message = 'pods "x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=10, limited: pods=10';
  const refused = (spec: object, status: string) => ({
    metadata: meta('cart'),
    spec,
    status: { conditions: [condition('ReplicaFailure', status, 50, { reason: 'FailedCreate', message })] },
  });

  test('of a Deployment is a problem as long as its condition says so', () => {
    expect(createFailed(refused({ replicas: 3 }, 'True'))).toMatchObject([
      { rule: 'quota-exhausted', severity: 'fail', since: now - 50_000, evidence: [`FailedCreate: ${message}`] },
    ]);
    expect(createFailed(refused({ replicas: 3 }, 'False'))).toEqual([]);
    expect(createFailed(refused({ replicas: 0 }, 'True'))).toEqual([]);
  });

  describe('that comes as an event', () => {
    const event = (kind: string, name: string, seconds = 5) => ({
      metadata: meta(`${name}.1`),
      type: 'Warning',
      reason: 'FailedCreate',
      message,
      count: 4,
      firstTimestamp: ago(90),
      lastTimestamp: ago(seconds),
      involvedObject: { kind, name, uid: `uid-${name}` },
    });
    const set = (have: number) => ({ metadata: meta('db'), spec: { replicas: 3 }, status: { replicas: have } });
    const run = (events: object[], sets: object[], replicaSets: object[] = []) =>
      found(
        podsRefused,
        cluster({
          events: facts(warningWatch, events as never),
          'statefulsets.apps': facts(statefulSetWatch, sets as never),
          'replicasets.apps': facts(replicaSetWatch, replicaSets as never),
        }),
      );

    test('is about the controller that wants the pods, while it has too few', () => {
      expect(run([event('StatefulSet', 'db')], [set(1)])).toMatchObject([
        { about: { name: 'db' }, finding: { rule: 'quota-exhausted', since: now - 90_000 } },
      ]);
      expect(run([event('StatefulSet', 'db')], [set(3)])).toEqual([]);
      expect(run([event('StatefulSet', 'gone')], [set(1)])).toEqual([]);
    });

    test('is no news after twenty minutes', () => {
      expect(run([event('StatefulSet', 'db', 1300)], [set(1)])).toEqual([]);
    });

    test("of a Deployment's ReplicaSet is the Deployment's", () => {
      const replicaSet = {
        metadata: meta('cart-1', owned('Deployment', 'cart')),
        spec: { replicas: 3 },
        status: { replicas: 1 },
      };

      expect(run([event('ReplicaSet', 'cart-1')], [], [replicaSet])).toEqual([]);
    });
  });
});

describe('a webhook', () => {
  const configuration = (more: object = {}) => ({
    metadata: meta('policy', { namespace: undefined }),
    webhooks: [
      {
        name: 'pods.policy.example',
        failurePolicy: 'Fail',
        clientConfig: { service: { name: 'policy', namespace: 'policy' } },
        rules: [{ resources: ['pods'], operations: ['CREATE'] }],
        ...more,
      },
    ],
  });
  const service = { metadata: meta('policy', { namespace: 'policy' }), spec: { selector: { app: 'policy' } } };
  const slice = (ready: boolean) => ({
    metadata: meta('policy-1', { namespace: 'policy', labels: { 'kubernetes.io/service-name': 'policy' } }),
    endpoints: [{ conditions: { ready } }],
  });
  const run = (webhooks: object[], services: object[], slices: object[], denied: string[] = []) =>
    found(
      webhookFailing,
      cluster(
        {
          'validatingwebhookconfigurations.admissionregistration.k8s.io': facts(
            validatingWebhookWatch,
            webhooks as never,
          ),
          'mutatingwebhookconfigurations.admissionregistration.k8s.io': facts(mutatingWebhookWatch, []),
          services: facts(serviceWatch, services as never),
          'endpointslices.discovery.k8s.io': facts(endpointWatch, slices as never),
        },
        denied,
      ),
    ).map(({ finding }) => finding);

  test('that blocks and has nobody behind it fails, with what it is asked about', () => {
    const [finding] = run([configuration()], [service], [slice(false)]);

    expect(finding).toMatchObject({
      severity: 'fail',
      message: 'policy/policy has no ready endpoint, writes are refused',
    });
    expect(finding?.evidence).toContain('asked about pods');
  });

  test('whose Service is gone says so', () => {
    expect(run([configuration()], [], [])).toMatchObject([
      { message: 'policy/policy does not exist, writes are refused' },
    ]);
  });

  test('that is answered, ignores failures, or is called by URL is well', () => {
    expect(run([configuration()], [service], [slice(true)])).toEqual([]);
    expect(run([configuration({ failurePolicy: 'Ignore' })], [service], [slice(false)])).toEqual([]);
    expect(run([configuration({ clientConfig: { url: 'https://policy.example' } })], [], [])).toEqual([]);
  });

  test('is not judged when Services may not be read', () => {
    expect(run([configuration()], [], [], ['services'])).toEqual([]);
  });
});

describe('an aggregated API', () => {
  const api = (
    status: string,
    spec: object = { service: { name: 'metrics', namespace: 'kube-system' } },
    seconds = 90,
  ) => ({
    metadata: meta('v1beta1.metrics.k8s.io'),
    spec,
    status: {
      conditions: [
        condition('Available', status, seconds, {
          reason: 'MissingEndpoints',
          message: 'endpoints for service/metrics have no addresses',
        }),
      ],
    },
  });

  test('that is not available says why', () => {
    expect(apiServiceFailing(api('False'))).toMatchObject([
      { severity: 'fail', message: 'service has no ready endpoint: kube-system/metrics', since: now - 90_000 },
    ]);
  });

  test('that is available, or served by the API server itself, is well', () => {
    expect(apiServiceFailing(api('True'))).toEqual([]);
    expect(apiServiceFailing(api('False', {}))).toEqual([]);
    expect(apiServiceFailing({ metadata: meta('new'), spec: { service: { name: 'x' } } })).toEqual([]);
  });
});
