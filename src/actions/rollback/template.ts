// A pod template as the workload wants it, apart from what controllers add for themselves.
import type { KubeObject } from '../../core/object.ts';
import { record } from '../../core/object.ts';

/** Labels that a controller writes into the template of its own children. */
const ownLabels: ReadonlySet<string> = new Set(['pod-template-hash']);

/** Without those labels, and without the marker that makes a ControllerRevision's data a patch. */
export function templateOf(template: KubeObject): KubeObject {
  const { $patch: _marker, ...rest } = template;
  const metadata = record(rest, 'metadata');
  const labels = record(metadata, 'labels');
  if (!Object.keys(labels).some((key) => ownLabels.has(key))) return rest;
  const kept = Object.fromEntries(Object.entries(labels).filter(([key]) => !ownLabels.has(key)));
  return { ...rest, metadata: { ...metadata, labels: kept } };
}

/** By content: the order of keys means nothing, an empty creationTimestamp is none. */
export const sameTemplate = (a: KubeObject, b: KubeObject): boolean => canonical(a) === canonical(b);

/** The same text for the same value. */
export const canonical = (value: unknown): string =>
  JSON.stringify(value, (key, inner: unknown) => {
    if (key === 'creationTimestamp' && inner === null) return undefined;
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)));
  });
