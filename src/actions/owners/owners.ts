// Who owns an object, and so may undo what is done to it: by the marks that each tool leaves, checked against who really
// asserts the field.
import { type KubeObject, list, record, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import type { Autoscaler } from '../scale/autoscalers.ts';
import { type FieldManager, managersOf } from './managed-fields.ts';

export type OwnerTool =
  | 'flux'
  | 'flux-helm'
  | 'argocd'
  | 'helm'
  | 'kapp'
  | 'cartographer'
  | 'fleet'
  | 'karmada'
  | 'knative'
  | 'operator'
  | 'autoscaler';

export type Owner = {
  readonly tool: OwnerTool;
  /** What is to be looked at: `Kustomization flux-system/apps`. Sanitised. */
  readonly name: string;
  /** Whether it asserts the very field: true, false, or null where it leaves no such mark. */
  readonly assertsField: boolean | null;
  /** The object that owns it, where it can be read in this cluster. */
  readonly object?: { readonly namespace: string; readonly name: string };
};

type Marks = {
  readonly labels: KubeObject;
  readonly annotations: KubeObject;
  readonly managers: readonly FieldManager[];
};

const both = (marks: Marks, key: string): string => text(marks.labels, key) || text(marks.annotations, key);
const isAsserted = ({ managers }: Marks, name: RegExp): boolean =>
  managers.some((manager) => manager.operation === 'Apply' && name.test(manager.name));

/** Outermost last, as they are to be told. `field` is what a plan changes. */
export function ownersOf(
  object: KubeObject,
  field: readonly string[],
  autoscalers: readonly Autoscaler[] = [],
): readonly Owner[] {
  const meta = record(object, 'metadata');
  const marks: Marks = {
    labels: record(meta, 'labels'),
    annotations: record(meta, 'annotations'),
    managers: managersOf(object, field),
  };
  return [
    ...autoscalers.map((one): Owner => ({ tool: 'autoscaler', name: `${one.kind} ${one.name}`, assertsField: true })),
    ...controllerOf(meta),
    ...[knative, cartographer, kapp, helm, fluxHelm, flux, argo, fleet, karmada].flatMap((find) => find(marks, meta)),
  ];
}

const owner = (tool: OwnerTool, name: string, assertsField: boolean | null): Owner => ({
  tool,
  name: cell(name),
  assertsField,
});

/** Controllers of the API itself own their parts by design; anything else is an operator's. */
const ownKinds = new Set(['ReplicaSet', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Node']);

function controllerOf(meta: KubeObject): readonly Owner[] {
  const controller = list(meta, 'ownerReferences').find((one) => record(one)['controller'] === true);
  if (controller === undefined) return [];
  const kind = text(controller, 'kind');
  const tool: OwnerTool = text(controller, 'apiVersion').startsWith('serving.knative.dev/') ? 'knative' : 'operator';
  const isOwn = ownKinds.has(kind) && /^(?:apps|batch)\/|^v1$/.test(text(controller, 'apiVersion'));
  return [owner(tool, `${kind} ${text(controller, 'name')}`, isOwn ? true : null)];
}

function flux(marks: Marks): readonly Owner[] {
  const name = both(marks, 'kustomize.toolkit.fluxcd.io/name');
  if (name === '') return [];
  const namespace = both(marks, 'kustomize.toolkit.fluxcd.io/namespace');
  const assertsField = isAsserted(marks, /^kustomize-controller$/);
  return [{ ...owner('flux', `Kustomization ${namespace}/${name}`, assertsField), object: { namespace, name } }];
}

function fluxHelm(marks: Marks): readonly Owner[] {
  const name = both(marks, 'helm.toolkit.fluxcd.io/name');
  return name === ''
    ? []
    : [owner('flux-helm', `HelmRelease ${both(marks, 'helm.toolkit.fluxcd.io/namespace')}/${name}`, null)];
}

/** The instance label is set by plain charts as well: only a tracking id that names this object is proof. */
function argo(marks: Marks, meta: KubeObject): readonly Owner[] {
  const id = text(marks.annotations, 'argocd.argoproj.io/tracking-id');
  const [app = '', , place = ''] = id.split(':');
  if (app === '' || place !== `${text(meta, 'namespace')}/${text(meta, 'name')}`) return [];
  return [owner('argocd', `Application ${app.replace('_', '/')}`, null)];
}

function helm(marks: Marks): readonly Owner[] {
  const release = text(marks.annotations, 'meta.helm.sh/release-name');
  if (release === '' || text(marks.labels, 'app.kubernetes.io/managed-by') !== 'Helm') return [];
  return [owner('helm', `release ${text(marks.annotations, 'meta.helm.sh/release-namespace')}/${release}`, null)];
}

function kapp(marks: Marks): readonly Owner[] {
  const app = text(marks.labels, 'kapp.k14s.io/app');
  return app === '' ? [] : [owner('kapp', `kapp app ${app}`, null)];
}

function cartographer(marks: Marks): readonly Owner[] {
  const deliverable = text(marks.labels, 'carto.run/deliverable-name');
  const workload = text(marks.labels, 'carto.run/workload-name');
  if (deliverable !== '') return [owner('cartographer', `Deliverable ${deliverable}`, null)];
  return workload === '' ? [] : [owner('cartographer', `Workload ${workload}`, null)];
}

function fleet(marks: Marks): readonly Owner[] {
  const id = both(marks, 'objectset.rio.cattle.io/id');
  return id === '' ? [] : [owner('fleet', `bundle ${id}`, null)];
}

function karmada(marks: Marks): readonly Owner[] {
  const work = text(marks.annotations, 'work.karmada.io/name');
  return work === ''
    ? []
    : [owner('karmada', `Work ${text(marks.annotations, 'work.karmada.io/namespace')}/${work}`, null)];
}

function knative(marks: Marks): readonly Owner[] {
  const service = text(marks.labels, 'serving.knative.dev/service');
  return service === '' ? [] : [owner('knative', `Knative Service ${service}`, null)];
}
