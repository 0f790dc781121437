// What a rollback writes beside the template.
import { expect, it } from 'vitest';
import { stage, target } from '../../../test/support/action-cluster.ts';
import { planRollback } from './plan-rollback.ts';

const template = (image: string) => ({
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'main', image }] },
});

async function patchOf(annotations?: Readonly<Record<string, string>>): Promise<readonly { path: string }[]> {
  const revision = (n: number, cause: string) => ({
    metadata: {
      name: `web-${n}`,
      ownerReferences: [{ uid: 'u', controller: true }],
      annotations: { 'deployment.kubernetes.io/revision': String(n), 'kubernetes.io/change-cause': cause },
    },
    spec: { template: template(`a:${n}`) },
  });
  const { cluster } = stage({
    read: (path) =>
      path.endsWith('/replicasets')
        ? { items: [revision(1, 'first'), revision(2, 'second')] }
        : { metadata: { uid: 'u', ...(annotations && { annotations }) }, spec: { template: template('a:2') } },
    write: () => ({ status: 200, body: {} }),
  });
  const planned = await planRollback(cluster, { verb: 'rollback', target, revision: 1 }, 0);
  if (!planned.ok) throw new Error(planned.reason);
  return JSON.parse(planned.plan.steps[0]?.body ?? '[]') as readonly { path: string }[];
}

const paths = (patch: readonly { path: string }[]) => patch.map(({ path }) => path);

it('is the change cause alone, and never a map that replaces what somebody adds meanwhile', async () => {
  expect(paths(await patchOf({ note: 'kept' })).at(-1)).toBe('/metadata/annotations/kubernetes.io~1change-cause');
  expect(paths(await patchOf())).toEqual(['/metadata/uid', '/spec/template', '/spec/template']);
});
