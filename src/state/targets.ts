// What a selected row leads to: the logs it has, the pods it stands for, the events about it, where Enter goes. Pure.
import type { ObjectRef } from '../core/ids.ts';
import type { LogSelector } from '../core/log-line.ts';
import type { Within } from '../core/query.ts';
import type { Row } from '../core/row.ts';
import type { WhyAbout } from '../protocol/messages.ts';
import { type Content, tableWithin } from './view.ts';

const workloadKinds: ReadonlySet<string> = new Set([
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'ReplicationController',
  'Job',
  'CronJob',
]);

/** The words for a row, without its cluster: `shop/cart`. */
export const objectText = (row: Pick<Row, 'namespace' | 'name'>): string =>
  row.namespace === '' ? row.name : `${row.namespace}/${row.name}`;

const appOf = (row: Row): Within | null =>
  row.app === '' ? null : { by: 'app', app: row.app, namespace: row.namespace === '' ? null : row.namespace };

/** The objects that a row owns, for lists of pods. Null: it has none. */
export function podsWithin(row: Row): Within | null {
  const { ref } = row;
  if (ref === null) return appOf(row);
  if (ref.kind === 'Node') return { by: 'node', cluster: ref.cluster, node: ref.name };
  if (ref.kind === 'Pod') return { by: 'object', cluster: ref.cluster, uid: ref.uid };
  if (workloadKinds.has(ref.kind)) return { by: 'owner', cluster: ref.cluster, uid: ref.uid };
  return null;
}

/** What events are looked for: the app's, so that those of its pods are among them, else the object's own. */
export function eventsWithin(row: Row): Within | null {
  const { ref } = row;
  if (ref === null) return appOf(row);
  if (workloadKinds.has(ref.kind) && row.app !== '') return appOf(row);
  return { by: 'object', cluster: ref.cluster, uid: ref.uid };
}

/** The logs of a row: a pod's, a workload's, or those of an app over all its clusters. Null: it writes none. */
export function logsOf(row: Row): LogSelector | null {
  const { ref } = row;
  if (ref === null) {
    return row.app === '' ? null : { of: 'app', app: row.app, namespace: row.namespace === '' ? null : row.namespace };
  }
  if (ref.kind === 'Pod') {
    return { of: 'pod', cluster: ref.cluster, namespace: ref.namespace, name: ref.name, uid: ref.uid, container: null };
  }
  if (workloadKinds.has(ref.kind)) return { of: 'owner', cluster: ref.cluster, uid: ref.uid, title: objectText(row) };
  return null;
}

export const logContent = (selector: LogSelector, about: string, isPrevious = false): Content => ({
  type: 'logs',
  selector,
  about,
  options: { previous: isPrevious, tail: isPrevious ? null : 200, sinceSeconds: null },
  isLinked: false,
});

export const documentContent = (ref: ObjectRef, form: 'describe' | 'yaml'): Content => ({
  type: 'document',
  ref,
  form,
});

/** Where Enter on a row of a table goes. Null: nowhere that is not already in sight. */
export function into(table: string, row: Row): Content | null {
  const { ref } = row;
  if (table === 'related' && ref?.kind === 'Pod') return { type: 'containers', ref };
  if (table === 'pods' && ref !== null) return { type: 'containers', ref };
  if (table === 'workloads') {
    if (ref === null && row.app !== '') return tableWithin('workloads', 'Workloads', row.app, appOf(row));
    return podsContent(row);
  }
  if (table === 'problems' || table === 'nodes') return podsContent(row) ?? describe(ref);
  return describe(ref);
}

const podsContent = (row: Row): Content | null => {
  const within = podsWithin(row);
  return within === null ? describe(row.ref) : tableWithin('pods', 'Pods', row.app === '' ? row.name : row.app, within);
};

/** What is asked when somebody wants to know why a row is unwell. */
export function whyOf(table: string, row: Row): WhyAbout {
  if (table === 'problems') return { by: 'problem', key: row.key };
  if (row.ref !== null) return { by: 'object', ref: row.ref };
  return { by: 'app', app: row.app, namespace: row.namespace === '' ? null : row.namespace };
}

/** A problem may be about a cluster itself; that is no object of any API. */
export const isClusterRef = (ref: ObjectRef | null): boolean =>
  ref !== null && ref.kind === 'Cluster' && ref.type.group === '';

const describe = (ref: ObjectRef | null): Content | null =>
  ref === null || isClusterRef(ref) ? null : documentContent(ref, 'describe');
