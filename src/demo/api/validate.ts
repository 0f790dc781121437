// The checks of a write that matter to somebody who scales, rolls back and edits: names, replica counts, selectors,
// immutable fields. Each cause has the words of a real server.
import { at, list, record, text } from '../../core/object.ts';
import type { Resource } from './kinds.ts';
import { type ApiObject, equal } from './objects.ts';
import { selects } from './selectors.ts';
import { type Cause, invalid, invalidValue, requiredValue } from './status-bodies.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const nameRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

const counted = ['spec.replicas', 'spec.parallelism', 'spec.completions', 'spec.backoffLimit', 'spec.minReadySeconds'];

/** Kinds whose names may hold what a subdomain may not (`system:node`). */
const freeNames = new Set(['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding']);

function causesOf(object: ApiObject, before: ApiObject | undefined): Cause[] {
  const causes: Cause[] = [];
  const { name } = object.metadata;
  if (!freeNames.has(object.kind) && (!subdomain.test(name) || name.length > 253))
    causes.push(invalidValue('metadata.name', JSON.stringify(name), nameRule));
  for (const path of counted) {
    const value = at(object, ...path.split('.'));
    if (typeof value === 'number' && value < 0)
      causes.push(invalidValue(path, String(value), 'must be greater than or equal to 0'));
  }
  if (['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet'].includes(object.kind)) {
    const labels = record(object, 'spec', 'template', 'metadata', 'labels') as Record<string, string>;
    const selector = at(object, 'spec', 'selector');
    if (selector === undefined) causes.push(requiredValue('spec.selector'));
    else if (!selects(selector, labels))
      causes.push(
        invalidValue(
          'spec.template.metadata.labels',
          JSON.stringify(labels),
          '`selector` does not match template `labels`',
        ),
      );
    if (before !== undefined && !equal(selector, at(before, 'spec', 'selector')))
      causes.push(invalidValue('spec.selector', JSON.stringify(selector), 'field is immutable'));
  }
  const podSpec = object.kind === 'Pod' ? at(object, 'spec') : at(object, 'spec', 'template', 'spec');
  const prefix = object.kind === 'Pod' ? 'spec' : 'spec.template.spec';
  if (podSpec !== undefined) {
    const containers = list(podSpec, 'containers');
    if (containers.length === 0) causes.push(requiredValue(`${prefix}.containers`));
    containers.forEach((c, i) => {
      if (text(c, 'name') === '') causes.push(requiredValue(`${prefix}.containers[${i}].name`));
      if (text(c, 'image') === '') causes.push(requiredValue(`${prefix}.containers[${i}].image`));
    });
  }
  if (before !== undefined && object.metadata.uid !== before.metadata.uid) {
    const cause = invalidValue('metadata.uid', JSON.stringify(object.metadata.uid), 'field is immutable');
    causes.push(cause, cause);
  }
  return causes;
}

/** Throws 422 with every cause when the object may not be stored. */
export function validate(resource: Resource, object: ApiObject, before?: ApiObject): void {
  const causes = causesOf(object, before);
  if (causes.length > 0) throw invalid(resource, object.metadata.name, causes);
}
