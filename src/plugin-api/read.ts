// What a plugin may use besides the contract's types: the readers of Kubernetes JSON and the shared small maths.
export { appOf, type OwnerName, workloadName } from '../core/app.ts';
export { goDuration, nextRun } from '../core/cron.ts';
export { bytes, duration } from '../core/format.ts';
export { type Image, parseImage, shortImage } from '../core/image.ts';
export type { KubeObject, PathSpec } from '../core/object.ts';
export { at, field, flag, list, number, record, text, time } from '../core/object.ts';
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
 * Milliseconds since the epoch of an RFC 3339 time; undefined when it is none. The form that the API writes
 * (`2026-11-21T12:41:00Z`) is read by hand: Date.parse was a fifth of the cost of mapping a pod.
 * @example timeOf(field(meta, 'creationTimestamp'))
 */
export const timeOf = (value: unknown): number | undefined => {
  if (typeof value !== 'string') return undefined;
  const ms = value.length === 20 && value.endsWith('Z') ? apiTime(value) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  const parsed = Date.parse(value);
  return Number.isNaN(parsed) ? undefined : parsed;
};

/** NaN for whatever is not plainly such a time; days above 28 of a month are left to the calendar of `Date.parse`. */
function apiTime(text: string): number {
  const dashes = text.charCodeAt(4) === 45 && text.charCodeAt(7) === 45 && text.charCodeAt(10) === 84;
  if (!dashes || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return Number.NaN;
  const year = two(text, 0) * 100 + two(text, 2);
  const month = two(text, 5);
  const day = two(text, 8);
  const hour = two(text, 11);
  const minute = two(text, 14);
  const second = two(text, 17);
  const plain = year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= 28;
  if (!plain || !(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  return daysBefore(year, month, day) * 86_400_000 + ((hour * 60 + minute) * 60 + second) * 1000;
}

/** Two digits as a number; NaN when they are none. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Days from 1970-01-01 to a date, in years that begin in March, so that the leap day is the last of its year. */
function daysBefore(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return y * 365 + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + dayOfYear - 719_468;
}
