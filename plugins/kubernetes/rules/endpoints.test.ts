import { describe, expect, test } from 'vitest';
import type { KubeObject } from '../../../src/plugin-api/read.ts';
import { ago, cluster, condition, facts, found, meta, now, pod, running, waiting } from '../fixtures.ts';
import { podWatch } from '../pods.ts';
import { endpointWatch, serviceWatch } from '../services.ts';
import { deploymentWatch } from '../deployments.ts';
import { replicaSetWatch } from '../sets.ts';
import { serviceWithoutEndpoints } from './endpoints.ts';

const service = (spec: object = {}): KubeObject => ({
  metadata: meta('cart'),
  spec: { type: 'ClusterIP', selector: { app: 'cart' }, ...spec },
});

const slice = (endpoints: object[], seconds = 120): KubeObject => ({
  metadata: meta('cart-abc', {
    labels: { 'kubernetes.io/service-name': 'cart' },
    annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': ago(seconds) },
  }),
  endpoints,
});

const deployment = (replicas: number): KubeObject => ({
  metadata: meta('cart'),
  spec: { replicas, template: { metadata: { labels: { app: 'cart', tier: 'web' } } } },
  status: {},
});

type World = {
  services?: KubeObject[];
  slices?: KubeObject[];
  pods?: KubeObject[];
  deployments?: KubeObject[];
  replicaSets?: KubeObject[];
  denied?: string[];
};

const run = (world: World) =>
  found(
    serviceWithoutEndpoints,
    cluster(
      {
        services: facts(serviceWatch, world.services ?? [service()]),
        'endpointslices.discovery.k8s.io': facts(endpointWatch, world.slices ?? []),
        pods: facts(podWatch, world.pods ?? []),
        'deployments.apps': facts(deploymentWatch, world.deployments ?? []),
        'replicasets.apps': facts(replicaSetWatch, world.replicaSets ?? []),
      },
      world.denied,
    ),
  ).map(({ finding }) => finding);

const notReady = { conditions: { ready: false } };

describe('a Service without a ready endpoint', () => {
  test('whose pods are unwell is only mentioned: they have problems of their own', () => {
    const crashing = pod({ containers: [waiting('CrashLoopBackOff', '', { restartCount: 3 })] });

    expect(run({ slices: [slice([notReady])], pods: [crashing] })).toMatchObject([
      { severity: 'info', message: 'none of its 1 pod is ready', since: now - 120_000 },
    ]);
  });

  test('while its pods are ready fails: nothing else would say it', () => {
    expect(run({ slices: [slice([])], pods: [pod()] })).toMatchObject([
      { severity: 'fail', message: '1 pod ready, but none is an endpoint' },
    ]);
  });

  test('that selects nothing names its selector', () => {
    expect(run({ slices: [slice([])] })).toMatchObject([
      { severity: 'warn', message: 'nothing has its labels app=cart' },
    ]);
  });

  test('whose workload has no pods says so', () => {
    expect(run({ slices: [slice([])], deployments: [deployment(3)] })).toMatchObject([
      { message: 'its workload has no pods' },
    ]);
  });
});

describe('a Service is well', () => {
  test('with one ready endpoint in any slice', () => {
    expect(run({ slices: [slice([notReady]), slice([{ conditions: { ready: true } }])] })).toEqual([]);
  });

  test('with an endpoint that says nothing of readiness', () => {
    expect(run({ slices: [slice([{ conditions: {} }])] })).toEqual([]);
  });

  test('when everything that it selects is scaled to zero', () => {
    expect(run({ slices: [slice([])], deployments: [deployment(0)] })).toEqual([]);
    const rollout = {
      metadata: meta('cart-1', { ownerReferences: [{ kind: 'Rollout', name: 'cart', uid: 'r', controller: true }] }),
      spec: { replicas: 0, template: { metadata: { labels: { app: 'cart' } } } },
    };
    expect(run({ slices: [slice([])], replicaSets: [rollout] })).toEqual([]);
  });

  test('without a selector, or as a name for something outside', () => {
    expect(run({ services: [service({ selector: undefined })] })).toEqual([]);
    expect(run({ services: [service({ type: 'ExternalName', externalName: 'db.example' })] })).toEqual([]);
  });

  test('for half a minute after its endpoints changed', () => {
    expect(run({ slices: [slice([], 10)], pods: [pod()] })).toEqual([]);
  });

  test('when its pods are just going, and when slices may not be read', () => {
    const going = pod({
      meta: { deletionTimestamp: ago(3) },
      containers: [running({ ready: false })],
      status: { conditions: [condition('Ready', 'False', 3)] },
    });

    expect(run({ slices: [slice([])], pods: [going], deployments: [deployment(0)] })).toEqual([]);
    expect(run({ denied: ['endpointslices.discovery.k8s.io'] })).toEqual([]);
  });
});
