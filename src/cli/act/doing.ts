// What a command that writes is doing.
import type { Action } from '../../actions/action.ts';
import type { Invocation } from '../arguments.ts';
import type { Found } from './find-targets.ts';

export type WriteInvocation = Extract<Invocation, { command: 'scale' | 'rollback' | 'restart' | 'switch' }>;

/** One target on its way. */
export type Doing = { readonly found: Found; readonly action: Action };
