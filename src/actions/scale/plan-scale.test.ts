// What a scale costs decides what confirms it.
import { expect, it } from 'vitest';
import { stage, target as deployment } from '../../../test/support/action-cluster.ts';
import { planScale } from './plan-scale.ts';

const target = { ...deployment, type: { ...deployment.type, resource: 'statefulsets' }, kind: 'StatefulSet' };

async function scaledTo(replicas: number) {
  const object = {
    metadata: { uid: 'u' },
    spec: { replicas: 3, persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete' } },
  };
  const { cluster } = stage({ read: () => object, write: () => ({ status: 200, body: {} }) });
  const planned = await planScale(cluster, { verb: 'scale', target, replicas });
  if (!planned.ok) throw new Error(planned.reason);
  return planned.plan.view;
}

it('fewer pods of a StatefulSet that deletes their volumes is destructive, and no undo brings the data back', async () => {
  expect(await scaledTo(2)).toMatchObject({ tier: 3, undo: 'scale back to 3, without the data' });
  expect(await scaledTo(4)).toMatchObject({ tier: 1, undo: 'scale back to 3' });
});
