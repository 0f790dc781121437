// What a plugin may use besides the contract's types: the readers of Kubernetes JSON and the shared small maths.
export { at, flag, list, number, record, text, time } from '../core/object.ts';
export type { KubeObject, PathSpec } from '../core/object.ts';
export type { Finding, Severity } from '../core/problem.ts';
export type { Cell, Column, Health, Row } from '../core/row.ts';
