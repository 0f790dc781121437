// What every object has in its metadata, read without trust and with as few allocations as can be.
import { field, items, type PathSpec, textOf, timeOf } from '../../src/plugin-api/read.ts';

/** Paths that the readers below need. */
export const metaPaths = {
  name: 1,
  namespace: 1,
  uid: 1,
  creationTimestamp: 1,
  deletionTimestamp: 1,
  finalizers: 1,
  labels: 1,
  ownerReferences: [{ kind: 1, name: 1, uid: 1, controller: 1 }],
} as const satisfies PathSpec;

export type Labels = Readonly<Record<string, string>>;
export type Owner = { readonly kind: string; readonly name: string; readonly uid: string };

const noLabels: Labels = Object.freeze({});

export const nameOf = (meta: unknown): string => textOf(field(meta, 'name'));

export const createdOf = (meta: unknown): number => timeOf(field(meta, 'creationTimestamp')) ?? 0;

/** When the object is to be gone: for a pod its grace period is already in it. */
export const deletedAt = (meta: unknown): number | undefined => timeOf(field(meta, 'deletionTimestamp'));

/** The labels as they are; copied only when some value is not a text, which the API does not allow. */
export function labelsOf(meta: unknown): Labels {
  const labels = field(meta, 'labels');
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) return noLabels;
  if (isLabels(labels)) return labels;
  return Object.fromEntries(Object.entries(labels).filter((entry): entry is [string, string] => isText(entry[1])));
}

const isText = (value: unknown): value is string => typeof value === 'string';

function isLabels(value: object): value is Labels {
  for (const key in value) if (typeof field(value, key) !== 'string') return false;
  return true;
}

/** The controlling owner, as the garbage collector sees it: the one reference with `controller: true`. */
export function controllerOf(meta: unknown): Owner | undefined {
  for (const reference of items(field(meta, 'ownerReferences'))) {
    if (field(reference, 'controller') !== true) continue;
    return {
      kind: textOf(field(reference, 'kind')),
      name: textOf(field(reference, 'name')),
      uid: textOf(field(reference, 'uid')),
    };
  }
  return undefined;
}

/** One of `status.conditions` by its type. */
export function conditionOf(status: unknown, type: string): unknown {
  for (const condition of items(field(status, 'conditions'))) if (field(condition, 'type') === type) return condition;
  return undefined;
}

export const conditionPaths: PathSpec = [{ type: 1, status: 1, reason: 1, message: 1, lastTransitionTime: 1 }];
