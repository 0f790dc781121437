// What making every pod anew may hurt, read from the object itself.
import type { PlanWarning } from '../core/action.ts';
import { type KubeObject, number, text } from '../core/object.ts';

/** Of a Deployment, StatefulSet or DaemonSet. */
export function rollingWarnings(object: KubeObject): readonly PlanWarning[] {
  const out: PlanWarning[] = [];
  const replicas = number(object, 'spec', 'replicas');
  const strategy = text(object, 'spec', 'strategy', 'type') || text(object, 'spec', 'updateStrategy', 'type');
  if (strategy === 'Recreate')
    out.push({ severity: 'warn', text: 'strategy Recreate: all pods go before new ones come' });
  else if (replicas === 1 && text(object, 'kind') === 'StatefulSet')
    out.push({ severity: 'warn', text: 'one replica: nothing runs while it is made anew' });
  if (strategy === 'OnDelete')
    out.push({ severity: 'warn', text: 'update strategy OnDelete: no pod changes until somebody deletes it' });
  const partition = number(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0;
  if (partition > 0)
    out.push({ severity: 'warn', text: `partition ${partition}: pods below ordinal ${partition} stay as they are` });
  return out;
}
