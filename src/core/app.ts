// Which app an object belongs to: the name under which the same thing is found in several clusters.

/** Labels that name an app, best first: the recommended ones, then the two that charts and kubectl use. */
const appLabels = [
  'app.kubernetes.io/name',
  'app.kubernetes.io/part-of',
  'app.kubernetes.io/instance',
  'app',
  'k8s-app',
] as const;

/** The controlling owner of an object, as far as names go. */
export type OwnerName = { readonly kind: string; readonly name: string };

/**
 * The app of an object: from its labels, else from its owner's name without what controllers add to it, else its own name.
 * @example appOf({}, { kind: 'ReplicaSet', name: 'cart-7d9f8' }, 'cart-7d9f8-x2v8k', '7d9f8') // 'cart'
 */
export function appOf(
  labels: Readonly<Record<string, unknown>>,
  owner: OwnerName | undefined,
  name: string,
  podTemplateHash?: string,
): string {
  for (const label of appLabels) {
    const value = labels[label];
    if (typeof value === 'string' && value !== '') return value;
  }
  return owner === undefined || owner.name === '' ? name : workloadName(owner, podTemplateHash);
}

/**
 * Name of the workload behind an owner: a ReplicaSet's name ends in the hash of its template, a CronJob's Job in the
 * minute that it was due. A Node owns its static pods; their app is not the node, so the owner's name is left whole.
 */
export function workloadName(owner: OwnerName, podTemplateHash?: string): string {
  if (owner.kind === 'ReplicaSet' && podTemplateHash !== undefined && podTemplateHash !== '') {
    const suffix = `-${podTemplateHash}`;
    if (owner.name.endsWith(suffix)) return owner.name.slice(0, -suffix.length);
  }
  if (owner.kind === 'Job') return owner.name.replace(/-\d{8,10}$/, '');
  return owner.name;
}
