// Tables of the workload kinds.
import { at, flag, list, number, text } from '../../core/object.ts';
import type { ApiObject } from '../api/objects.ts';
import { ageOf } from './age.ts';
import { type Cells, containerImages, containerNames, jobDuration, labelCell, orNone, selectorCell } from './cells.ts';
import { age, n, name, type Rows, rows, template } from './rows.ts';

function hpaCells(o: ApiObject, now: number): Cells {
  const ref = at(o, 'spec', 'scaleTargetRef');
  const current = list(o, 'status', 'currentMetrics');
  const targets = list(o, 'spec', 'metrics').map((m, i) => {
    const is = number(current[i], 'resource', 'current', 'averageUtilization');
    const label = text(m, 'resource', 'name');
    return `${label}: ${is === undefined ? '<unknown>' : `${is}%`}/${n(m, 'resource', 'target', 'averageUtilization')}%`;
  });
  return [
    name(o),
    `${text(ref, 'kind')}/${text(ref, 'name')}`,
    orNone(targets.join(', ')),
    String(number(o, 'spec', 'minReplicas') ?? '<unset>'),
    n(o, 'spec', 'maxReplicas'),
    n(o, 'status', 'currentReplicas'),
    age(o, now),
  ];
}

function jobCells(o: ApiObject, now: number): Cells {
  const is = (type: string): boolean =>
    list(o, 'status', 'conditions').some((c) => text(c, 'type') === type && text(c, 'status') === 'True');
  const state = is('Complete')
    ? 'Complete'
    : is('Failed')
      ? 'Failed'
      : o.metadata.deletionTimestamp !== undefined
        ? 'Terminating'
        : is('Suspended')
          ? 'Suspended'
          : 'Running';
  return [
    name(o),
    state,
    `${n(o, 'status', 'succeeded')}/${number(o, 'spec', 'completions') ?? 1}`,
    jobDuration(o, now),
    age(o, now),
    containerNames(template(o)),
    containerImages(template(o)),
    selectorCell(at(o, 'spec', 'selector')),
  ];
}

/** By storage name. */
export const workloadTables: Readonly<Record<string, Rows>> = {
  'deployments.apps': rows('Name|f Ready Up-to-date Available Age Containers|w Images|w Selector|w', (o, now) => [
    name(o),
    `${n(o, 'status', 'readyReplicas')}/${n(o, 'spec', 'replicas')}`,
    n(o, 'status', 'updatedReplicas'),
    n(o, 'status', 'availableReplicas'),
    age(o, now),
    containerNames(template(o)),
    containerImages(template(o)),
    selectorCell(at(o, 'spec', 'selector')),
  ]),
  'replicasets.apps': rows('Name|f Desired|i Current|i Ready|i Age Containers|w Images|w Selector|w', (o, now) => [
    name(o),
    n(o, 'spec', 'replicas'),
    n(o, 'status', 'replicas'),
    n(o, 'status', 'readyReplicas'),
    age(o, now),
    containerNames(template(o)),
    containerImages(template(o)),
    selectorCell(at(o, 'spec', 'selector')),
  ]),
  'statefulsets.apps': rows('Name|f Ready Age Containers|w Images|w', (o, now) => [
    name(o),
    `${n(o, 'status', 'readyReplicas')}/${n(o, 'spec', 'replicas')}`,
    age(o, now),
    containerNames(template(o)),
    containerImages(template(o)),
  ]),
  'daemonsets.apps': rows(
    'Name|f Desired|i Current|i Ready|i Up-to-date|i Available|i Node_Selector Age Containers|w Images|w Selector|w',
    (o, now) => [
      name(o),
      n(o, 'status', 'desiredNumberScheduled'),
      n(o, 'status', 'currentNumberScheduled'),
      n(o, 'status', 'numberReady'),
      n(o, 'status', 'updatedNumberScheduled'),
      n(o, 'status', 'numberAvailable'),
      labelCell(at(template(o), 'nodeSelector')),
      age(o, now),
      containerNames(template(o)),
      containerImages(template(o)),
      selectorCell(at(o, 'spec', 'selector')),
    ],
  ),
  'controllerrevisions.apps': rows('Name|f Controller Revision Age', (o, now) => {
    const owner = o.metadata.ownerReferences?.find((r) => r.controller === true);
    const kind = owner === undefined ? '' : owner.kind.toLowerCase();
    return [name(o), owner === undefined ? '<none>' : `${kind}.apps/${owner.name}`, n(o, 'revision'), age(o, now)];
  }),
  'jobs.batch': rows('Name|f Status Completions Duration Age Containers|w Images|w Selector|w', jobCells),
  'cronjobs.batch': rows(
    'Name|f Schedule Timezone Suspend|b Active|i Last_Schedule Age Containers|w Images|w Selector|w',
    (o, now) => {
      const last = text(o, 'status', 'lastScheduleTime');
      const spec = at(o, 'spec', 'jobTemplate', 'spec');
      return [
        name(o),
        text(o, 'spec', 'schedule'),
        orNone(text(o, 'spec', 'timeZone')),
        flag(o, 'spec', 'suspend') ? 'True' : 'False',
        list(o, 'status', 'active').length,
        last === '' ? '<none>' : ageOf(last, now),
        age(o, now),
        containerNames(at(spec, 'template', 'spec')),
        containerImages(at(spec, 'template', 'spec')),
        selectorCell(at(spec, 'selector')),
      ];
    },
  ),
  'horizontalpodautoscalers.autoscaling': rows('Name|f Reference Targets MinPods MaxPods Replicas Age', hpaCells),
};
