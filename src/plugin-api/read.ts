// What a plugin may use besides the contract's types: the readers of Kubernetes JSON and the shared small maths.
export { appOf, type OwnerName, workloadName } from '../core/app.ts';
export { goDuration, nextRun } from '../core/cron.ts';
export { bytes, duration } from '../core/format.ts';
export { type Image, parseImage, shortImage } from '../core/image.ts';
export type { KubeObject, PathSpec } from '../core/object.ts';
export { at, flag, list, number, record, text, time } from '../core/object.ts';
export type { Finding, Severity } from '../core/problem.ts';
export { quantity } from '../core/quantity.ts';
export {
  type DaemonSetNumbers,
  type DeploymentNumbers,
  daemonSetRollout,
  deploymentRollout,
  type Rollout,
  type StatefulSetNumbers,
  statefulSetRollout,
} from '../core/rollout.ts';
export type { Cell, Column, Health, Row, TonedText, Tone } from '../core/row.ts';

/**
 * One field of a value that may be of any shape; the fast form of `at` for what runs for every object.
 * @example field(field(pod, 'status'), 'phase')
 */
export const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;

/**
 * The same value as a list, or an empty one; allocates nothing.
 * @example for (const owner of items(field(meta, 'ownerReferences'))) …
 */
export const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : nothing);
const nothing: readonly unknown[] = [];

/**
 * The same value when it is a text, else an empty one.
 * @example textOf(field(meta, 'name'))
 */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/**
 * The same value when it is a finite number, else the given one.
 * @example numberOf(field(status, 'readyReplicas'), 0)
 */
export const numberOf = (value: unknown, otherwise: number): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : otherwise;

/**
 * Milliseconds since the epoch of an RFC 3339 time; undefined when it is none.
 * @example timeOf(field(meta, 'creationTimestamp'))
 */
export const timeOf = (value: unknown): number | undefined => {
  if (typeof value !== 'string') return undefined;
  const ms = Date.parse(value);
  return Number.isNaN(ms) ? undefined : ms;
};
