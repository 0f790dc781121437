// Limits that are reached: an autoscaler at its maximum, a quota that is used up.
import {
  type Finding,
  field,
  items,
  type KubeObject,
  numberOf,
  quantity,
  textOf,
  timeOf,
} from '../../../src/plugin-api/read.ts';
import { conditionOf, createdOf, deletedAt } from '../meta.ts';
import { line, quoted } from '../words.ts';

const none: readonly Finding[] = [];

/**
 * Whether an autoscaler wants more than it may have. One with equal bounds was never meant to scale, and one of a
 * target at zero is switched off.
 */
export function isAtMax(hpa: KubeObject): boolean {
  const spec = hpa['spec'];
  const status = hpa['status'];
  const max = numberOf(field(spec, 'maxReplicas'), 0);
  if (max <= 1 || numberOf(field(spec, 'minReplicas'), 1) >= max) return false;
  const limited = conditionOf(status, 'ScalingLimited');
  return (
    field(limited, 'status') === 'True' &&
    field(limited, 'reason') === 'TooManyReplicas' &&
    numberOf(field(status, 'currentReplicas'), 0) >= max
  );
}

export function hpaAtMax(hpa: KubeObject): readonly Finding[] {
  if (!isAtMax(hpa) || deletedAt(hpa['metadata']) !== undefined) return none;
  const spec = hpa['spec'];
  const limited = conditionOf(hpa['status'], 'ScalingLimited');
  const max = numberOf(field(spec, 'maxReplicas'), 0);
  const target = field(spec, 'scaleTargetRef');
  return [
    {
      rule: 'hpa-at-max',
      severity: 'warn',
      title: 'HPA at max',
      message: `${max} of ${max} replicas, and its metrics ask for more`,
      cause: 'TooManyReplicas',
      since: timeOf(field(limited, 'lastTransitionTime')) ?? createdOf(hpa['metadata']),
      evidence: [
        quoted('ScalingLimited=True TooManyReplicas', textOf(field(limited, 'message'))),
        `scales ${textOf(field(target, 'kind'))} ${textOf(field(target, 'name'))}`,
      ],
    },
  ];
}

/** Resources of a quota of which nothing is left. A limit of zero forbids, it is not used up. */
export function usedUp(quota: KubeObject): readonly string[] {
  const hard = field(quota['status'], 'hard');
  const used = field(quota['status'], 'used');
  if (typeof hard !== 'object' || hard === null) return noNames;
  return Object.keys(hard).filter((name) => {
    const limit = quantity(field(hard, name));
    const now = quantity(field(used, name));
    return limit !== undefined && now !== undefined && limit > 0 && now >= limit;
  });
}

const noNames: readonly string[] = [];

/** A quota with nothing left of some resource. Its status has no time: the controller's last write to it stands for one. */
export function quotaUsedUp(quota: KubeObject): readonly Finding[] {
  const meta = quota['metadata'];
  const names = usedUp(quota);
  if (names.length === 0 || deletedAt(meta) !== undefined) return none;
  const hard = field(quota['status'], 'hard');
  const used = field(quota['status'], 'used');
  const say = (name: string): string => `${name} ${String(field(used, name))} of ${String(field(hard, name))}`;
  return [
    {
      rule: 'quota-exhausted',
      severity: 'warn',
      title: 'Quota',
      message: line(`used up: ${names.map(say).join(', ')}`, 90),
      cause: `used up ${names.join(', ')}`,
      since: statusWritten(meta) ?? createdOf(meta),
      evidence: names.map(say),
    },
  ];
}

function statusWritten(meta: unknown): number | undefined {
  let last: number | undefined;
  for (const entry of items(field(meta, 'managedFields'))) {
    const at = field(entry, 'subresource') === 'status' ? timeOf(field(entry, 'time')) : undefined;
    if (at !== undefined && (last === undefined || at > last)) last = at;
  }
  return last;
}
