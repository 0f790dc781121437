// What the custom resources of cert-manager have in common, read without trust.
import { at, field, items, type KubeObject, type PathSpec, record, textOf, time } from '../../src/plugin-api/read.ts';

export const metaPaths: PathSpec = {
  name: 1,
  namespace: 1,
  uid: 1,
  creationTimestamp: 1,
  deletionTimestamp: 1,
  labels: 1,
  ownerReferences: [{ kind: 1, uid: 1, controller: 1 }],
};

export const conditionPaths: PathSpec = [{ type: 1, status: 1, reason: 1, message: 1, lastTransitionTime: 1 }];

export const noFacts = Object.freeze({});

export const conditionOf = (object: KubeObject, type: string): unknown =>
  items(at(object, 'status', 'conditions')).find((condition) => field(condition, 'type') === type);

export const created = (object: KubeObject): number => time(object, 'metadata', 'creationTimestamp') ?? 0;

export const owner = (object: KubeObject): string =>
  textOf(
    field(
      items(at(object, 'metadata', 'ownerReferences')).find((reference) => field(reference, 'controller') === true),
      'uid',
    ),
  );

export const labels = (object: KubeObject): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(record(object, 'metadata', 'labels')).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
