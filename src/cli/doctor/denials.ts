// What may not be read, each right once: kinds that are refused at the same place stand together, and so do namespaces
// where the same kinds are.
import type { ClusterSummary, Denial } from '../../core/cluster.ts';
import type { DoctorFinding } from './finding.ts';

export const denialFindings = ({ name, identity, denied }: ClusterSummary): readonly DoctorFinding[] =>
  rulesOf(denied).map((rule) => ({
    area: 'permissions',
    severity: 'warn',
    what: `${name}: may not ${rule}`,
    remedy: `ask for it, or bind the ClusterRole of the README to ${identity}`,
  }));

/** `list pods, services in namespaces shop, pay`. */
function rulesOf(denied: readonly Denial[]): readonly string[] {
  const places = Map.groupBy(denied, ({ verb, namespace }) => JSON.stringify([verb, namespace]));
  const alike = Map.groupBy(places.values(), (place) => {
    const kinds = place.map(({ resource }) => resource).join(', ');
    return `${place[0]?.verb ?? ''} ${kinds} ${place[0]?.namespace === '' ? 'at the cluster scope' : 'in'}`;
  });
  return Array.from(alike, ([rule, found]) => {
    const namespaces = found.map((place) => place[0]?.namespace ?? '').filter((namespace) => namespace !== '');
    if (namespaces.length === 0) return rule;
    return `${rule} ${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${namespaces.join(', ')}`;
  });
}
