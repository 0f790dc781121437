// One step in the life of a fake node or pod, as kwok reads it (kwok.x-k8s.io/v1alpha1 Stage).

export type Requirement = {
  /** jq over the object. */
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
};

export type StageOptions = {
  readonly name: string;
  readonly kind: 'Node' | 'Pod';
  readonly when: readonly Requirement[];
  /** From and to, in milliseconds; a random time between. */
  readonly delayMs?: readonly [number, number];
  /** Go template of the status; patched strategically. */
  readonly status?: string;
  /** Go templates of whole objects that are created or merged afterwards (Events). */
  readonly apply?: readonly string[];
  readonly delete?: boolean;
};

/** Stages must exclude each other: kwok picks one of several that match by chance. */
export function stage(options: StageOptions): object {
  return {
    apiVersion: 'kwok.x-k8s.io/v1alpha1',
    kind: 'Stage',
    metadata: { name: options.name },
    spec: {
      resourceRef: { apiGroup: 'v1', kind: options.kind },
      selector: { matchExpressions: options.when },
      ...(options.delayMs === undefined
        ? {}
        : { delay: { durationMilliseconds: options.delayMs[0], jitterDurationMilliseconds: options.delayMs[1] } }),
      steps: [
        ...(options.status === undefined
          ? []
          : [{ patch: { subresource: 'status', root: 'status', type: 'strategic', template: options.status } }]),
        ...(options.apply ?? []).map((template) => ({ apply: { type: 'merge', template } })),
        ...(options.delete === true ? [{ delete: true }] : []),
      ],
    },
  };
}
