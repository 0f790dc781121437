// The command of kubectl that comes nearest to a plan, so that nobody has to trust a dialog alone.
import type { ObjectRef } from '../core/ids.ts';
import type { ActionCluster } from './action-cluster.ts';

const plain = /^[\w./:=@%+,-]+$/;

/** Quoted for a POSIX shell. */
const quoted = (word: string): string => (plain.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** Contexts are named as the kubeconfig writes them: `kubectl --context run-eu -n shop scale deployments.apps/web --replicas=4`. */
export function kubectlLine({ session }: ActionCluster, { namespace }: ObjectRef, words: readonly string[]): string {
  const { rawName, impersonate } = session.context;
  return [
    'kubectl',
    '--context',
    rawName,
    ...(impersonate === null ? [] : ['--as', impersonate.user]),
    ...(impersonate?.groups ?? []).flatMap((group) => ['--as-group', group]),
    ...(namespace === '' ? [] : ['-n', namespace]),
    ...words,
  ]
    .map(quoted)
    .join(' ');
}
