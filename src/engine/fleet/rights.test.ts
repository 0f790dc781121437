import { expect, test } from 'vitest';
import { ApiError } from '../../kube/api-error.ts';
import { denialOf } from './rights.ts';

const error = (message: string) => new ApiError('status', message);

test('a denial is the rule that is missing, in RBAC’s words', () => {
  const said =
    'deployments.apps is forbidden: User "a" cannot watch resource "deployments" in API group "apps" at the cluster scope';
  expect(denialOf({ group: 'apps', resource: 'deployments' }, '', error(said))).toEqual({
    resource: 'deployments.apps',
    namespace: '',
    verb: 'watch',
    rule: 'watch deployments.apps at the cluster scope',
  });
  expect(denialOf({ group: '', resource: 'pods' }, 'shop', error('no')).rule).toBe('list pods in namespace shop');
});
