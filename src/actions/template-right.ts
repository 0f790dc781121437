// The right that changing a pod template needs.
import type { ObjectRef } from '../core/ids.ts';
import type { Wanted } from '../kube/discovery/access.ts';

export const templateRight = ({ type: { group, resource }, namespace, name }: ObjectRef): Wanted => ({
  verb: 'patch',
  group,
  resource,
  namespace: namespace === '' ? null : namespace,
  name,
});
