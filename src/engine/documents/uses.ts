// What an object names in its spec and cannot do without: a pod's node, claims and configuration, a claim's volume. By
// name: such references carry no uid.
import { at, type KubeObject, list, text } from '../../core/object.ts';
import type { ObjectRef } from '../../core/ids.ts';
import { cell } from '../../core/sanitise.ts';

type Named = readonly [kind: string, resource: string, name: string];

/** Specs of pods: a pod's own, or the template of what makes pods. */
const podSpecs: readonly (readonly string[])[] = [
  ['spec'],
  ['spec', 'template', 'spec'],
  ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
];

/** References in the order of worth, each once. */
export function usesOf(object: KubeObject, owner: ObjectRef): readonly ObjectRef[] {
  const core = [...podSpecs.flatMap((path) => namedIn(at(object, ...path))), ...claimNames(object)];
  const refs = core.map(
    ([kind, resource, name]): ObjectRef => ({
      cluster: owner.cluster,
      type: { group: '', version: 'v1', resource },
      kind,
      namespace: kind === 'Node' || kind === 'PersistentVolume' ? '' : owner.namespace,
      name: cell(name),
      uid: '',
    }),
  );
  const unique = new Map(refs.filter((ref) => ref.name !== '').map((ref) => [`${ref.kind}/${ref.name}`, ref]));
  return [...unique.values()];
}

function namedIn(spec: unknown): readonly Named[] {
  const containers = [...list(spec, 'initContainers'), ...list(spec, 'containers')];
  const sources = [
    ...list(spec, 'volumes').flatMap((volume) => [volume, ...list(volume, 'projected', 'sources')]),
    ...containers.flatMap((container) => list(container, 'envFrom')),
    ...containers.flatMap((container) => list(container, 'env').map((variable) => at(variable, 'valueFrom'))),
  ];
  return [
    ['Node', 'nodes', text(spec, 'nodeName')],
    ...sources.flatMap((source): readonly Named[] => [
      ['PersistentVolumeClaim', 'persistentvolumeclaims', text(source, 'persistentVolumeClaim', 'claimName')],
      ['ConfigMap', 'configmaps', configMapOf(source)],
      ['Secret', 'secrets', secretOf(source)],
    ]),
  ];
}

const configMapOf = (source: unknown): string =>
  text(source, 'configMap', 'name') || text(source, 'configMapRef', 'name') || text(source, 'configMapKeyRef', 'name');

const secretOf = (source: unknown): string =>
  text(source, 'secret', 'secretName') ||
  text(source, 'secret', 'name') ||
  text(source, 'secretRef', 'name') ||
  text(source, 'secretKeyRef', 'name');

const claimNames = (object: KubeObject): readonly Named[] =>
  text(object, 'kind') === 'PersistentVolumeClaim'
    ? [['PersistentVolume', 'persistentvolumes', text(object, 'spec', 'volumeName')]]
    : [];
