// A plan and its result as lines and as JSON.
import type { ActionOutcome } from '../../core/action.ts';
import type { Doing } from './doing.ts';

const labelWidth = 10;
const fact = (label: string, text: string): string => `  ${label.padEnd(labelWidth)}${text}`;

/** What will be done in one cluster, and what the server says of it. */
export function planLines({ found, action }: Doing): readonly string[] {
  const { plan, at } = action.view;
  if (plan === null) return [];
  const check = at.phase === 'asking' ? at.check : null;
  const { cluster, ref } = found;
  return [
    `${plan.title}`,
    fact('cluster', cluster),
    fact('object', `${ref.kind} ${ref.namespace === '' ? '' : `${ref.namespace}/`}${ref.name}`),
    ...plan.facts.map(({ label, text }) => fact(label, text)),
    ...plan.warnings.map(({ severity, text }) => fact(severity === 'info' ? 'note' : 'warning', text)),
    ...(check?.state === 'accepted'
      ? [
          fact('dry run', 'accepted'),
          ...check.warnings.map((text) => fact('warning', text)),
          ...check.diff.map(({ sign, text }) => `    ${sign} ${text}`),
        ]
      : []),
    ...(check?.state === 'impossible' ? [fact('dry run', `not possible: ${check.reason}`)] : []),
    fact('undo', plan.undo ?? 'nothing takes it back'),
    fact('kubectl', plan.kubectl),
  ];
}

export const resultItem = ({ found, action }: Doing, outcome: ActionOutcome | null): unknown => {
  const { id, plan, at } = action.view;
  const { cluster, ref } = found;
  return {
    id,
    cluster,
    kind: ref.kind,
    namespace: ref.namespace,
    name: ref.name,
    uid: ref.uid,
    plan,
    check: at.phase === 'asking' ? at.check : null,
    reason: at.phase === 'impossible' ? at.reason : null,
    outcome,
  };
};
