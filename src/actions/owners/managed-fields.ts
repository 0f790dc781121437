// Who set a field, as the server's own book says (metadata.managedFields, KEP-555).
import { at, type KubeObject, list, text, time } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';

export type FieldManager = {
  /** Sanitised: `kubectl`, `kustomize-controller`, `kube-controller-manager`. */
  readonly name: string;
  /** `Apply` asserts the field again at every apply; `Update` set it once. */
  readonly operation: 'Apply' | 'Update';
  readonly subresource: string;
  /** Milliseconds since the epoch; 0: not said. */
  readonly at: number;
};

/** Managers of a field, the newest first. `path` are names of fields: `['spec', 'replicas']`. */
export const managersOf = (object: KubeObject, path: readonly string[]): readonly FieldManager[] =>
  list(object, 'metadata', 'managedFields')
    .filter((entry) => ownsField(at(entry, 'fieldsV1'), path))
    .map(
      (entry): FieldManager => ({
        name: cell(text(entry, 'manager')),
        operation: text(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
        subresource: text(entry, 'subresource'),
        at: time(entry, 'time') ?? 0,
      }),
    )
    .sort((a, b) => b.at - a.at);

/** Whether a set of fields holds the field or something inside of it. */
function ownsField(fields: unknown, path: readonly string[]): boolean {
  let here = fields;
  for (const name of path) {
    here = at(here, `f:${name}`);
    if (here === undefined) return false;
  }
  return true;
}
