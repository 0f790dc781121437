import { describe, expect, test } from 'vitest';
import { apply, trackUpdate } from './managed-fields.ts';
import type { ApiObject, Json } from './objects.ts';
import { ApiFailure } from './status-bodies.ts';

const deployment = (replicas: number, image: string, more: Json = {}): ApiObject =>
  ({
    kind: 'Deployment',
    apiVersion: 'apps/v1',
    metadata: { name: 'd', namespace: 'ns', labels: { app: 'd' } },
    spec: { replicas, template: { spec: { containers: [{ name: 'c', image, ...more }] } } },
  }) as unknown as ApiObject;

const writer = (manager: string, subresource = '') => ({ manager, subresource, now: 0 });
const owned = (object: ApiObject, by: ReturnType<typeof writer>, before?: ApiObject): ApiObject => ({
  ...object,
  metadata: { ...object.metadata, managedFields: trackUpdate(before, object, by) },
});

describe('managed fields', () => {
  test('a scale moves the replicas to whoever scaled, under its subresource', () => {
    const before = owned(deployment(2, 'x:1'), writer('kubectl'));
    const after = owned({ ...before, ...deployment(3, 'x:1') }, writer('fb', 'scale'), before);

    expect(after.metadata.managedFields).toMatchObject([
      { manager: 'kubectl', operation: 'Update' },
      { manager: 'fb', operation: 'Update', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
    ]);
    expect(JSON.stringify(after.metadata.managedFields?.[0])).not.toContain('f:replicas');
  });

  test('elements of a keyed list are told apart by their key', () => {
    const fields = JSON.stringify(owned(deployment(1, 'x:1'), writer('kubectl')).metadata.managedFields?.[0]?.fieldsV1);

    expect(fields).toContain('"k:{\\"name\\":\\"c\\"}":{".":{},"f:image":{},"f:name":{}}');
    expect(fields).not.toContain('f:namespace');
  });
});

describe('server-side apply', () => {
  const live = owned(deployment(2, 'x:1'), writer('kubectl-client-side-apply'));

  test("another manager's field with another value is a conflict that names both", () => {
    let failure: ApiFailure | undefined;
    try {
      apply(live, deployment(2, 'x:2'), writer('fb'), false);
    } catch (error) {
      if (error instanceof ApiFailure) failure = error;
    }

    expect(failure?.code).toBe(409);
    expect(failure?.body?.message).toBe(
      'Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: .spec.template.spec.containers[name="c"].image',
    );
  });

  test('forced, it takes the field over; an equal value is no conflict', () => {
    const forced = apply(live, deployment(2, 'x:2'), writer('fb'), true);

    expect(forced.spec).toMatchObject({ template: { spec: { containers: [{ image: 'x:2' }] } } });
    const others = forced.metadata.managedFields?.find((m) => m.manager === 'kubectl-client-side-apply');
    expect(JSON.stringify(others)).not.toContain('f:image');
    expect(() => apply(live, deployment(2, 'x:1'), writer('fb'), false)).not.toThrow();
  });

  test('what a manager applied and no longer applies goes away', () => {
    const first = apply(live, deployment(2, 'x:1', { workingDir: '/srv' }), writer('fb'), false);
    const second = apply(first, deployment(2, 'x:1'), writer('fb'), false);

    expect(first.spec).toMatchObject({ template: { spec: { containers: [{ workingDir: '/srv' }] } } });
    expect(JSON.stringify(second.spec)).not.toContain('workingDir');
  });
});
