// Who manages an object and would undo a change: read from the marks that GitOps tools and packagers leave on it.
import { field, textOf } from '../../src/plugin-api/read.ts';
import type { Labels } from './meta.ts';

/** Annotations that are read; nothing else of the annotations is decoded. */
export const managedByPaths = {
  'argocd.argoproj.io/tracking-id': 1,
  'meta.helm.sh/release-name': 1,
  'objectset.rio.cattle.io/id': 1,
  'work.karmada.io/name': 1,
} as const;

/**
 * One word for the manager, the outermost first: a Helm release that Flux installs is Flux's. Labels that plain charts
 * set as well (`app.kubernetes.io/instance`, `helm.sh/chart`) prove nothing and are not asked.
 */
export function managedBy(labels: Labels, annotations: unknown): string {
  if (labels['kustomize.toolkit.fluxcd.io/name'] !== undefined) return 'flux';
  if (labels['helm.toolkit.fluxcd.io/name'] !== undefined) return 'flux';
  if (labels['resourceset.fluxcd.controlplane.io/name'] !== undefined) return 'flux';
  if (textOf(field(annotations, 'argocd.argoproj.io/tracking-id')) !== '') return 'argo';
  if (textOf(field(annotations, 'objectset.rio.cattle.io/id')) !== '') return 'fleet';
  if (textOf(field(annotations, 'work.karmada.io/name')) !== '') return 'karmada';
  if (labels['carto.run/workload-name'] !== undefined) return 'carto';
  if (labels['kapp.k14s.io/app'] !== undefined) return 'kapp';
  if (labels['serving.knative.dev/service'] !== undefined) return 'knative';
  const isHelm = labels['app.kubernetes.io/managed-by'] === 'Helm';
  if (isHelm && textOf(field(annotations, 'meta.helm.sh/release-name')) !== '') return 'helm';
  if (labels['olm.owner'] !== undefined) return 'olm';
  if (labels['addonmanager.kubernetes.io/mode'] !== undefined) return 'addon';
  return '';
}
