// The session of a context that cannot be connected at all: its kubeconfig entry names no server. It answers every
// request with that reason, so that one wrong entry is one cluster that is offline and nothing else.
import { ApiError } from '../api-error.ts';
import type { KubeContext } from '../kubeconfig/context.ts';
import type { Session } from './contract.ts';

/** `error` says what is wrong with the address; what is wrong with the entry as a whole says more. */
export function deadSession(context: KubeContext, error: unknown): Session {
  const { auth } = context;
  const words = auth.type === 'broken' ? auth.reason : error instanceof Error ? error.message : String(error);
  const refuse = (): Promise<never> => Promise.reject(new ApiError('unreachable', words, { cause: error }));
  return {
    context,
    request: refuse,
    json: refuse,
    text: refuse,
    on: () => ({ [Symbol.dispose]: () => undefined }),
    retryNow: () => undefined,
    close: () => undefined,
  };
}
