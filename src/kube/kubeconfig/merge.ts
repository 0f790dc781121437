// Merges kubeconfig files as kubectl does (client-go tools/clientcmd/loader.go, Load): entries are taken whole, the first
// file that names one wins, and so does the first that sets current-context.
import { cell } from '../../core/sanitise.ts';
import type { ClusterEntry, ContextEntry, UserEntry } from './entries.ts';
import type { KubeconfigFile, KubeconfigProblem } from './file.ts';

export type MergedKubeconfig = {
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  /** As written; may name nothing. */
  readonly currentContext: string;
  readonly problems: readonly KubeconfigProblem[];
};

/** How many names a problem spells out before it counts the rest. */
const namesShown = 5;

export function mergeKubeconfigs(files: readonly KubeconfigFile[]): MergedKubeconfig {
  const clusters = new Map<string, ClusterEntry>();
  const contexts = new Map<string, ContextEntry>();
  const users = new Map<string, UserEntry>();
  const problems: KubeconfigProblem[] = [];
  let currentContext = '';
  for (const file of files) {
    problems.push(...file.problems);
    const repeated = [
      ...mergeInto(clusters, file.clusters).map((name) => `cluster "${cell(name)}"`),
      ...mergeInto(contexts, file.contexts).map((name) => `context "${cell(name)}"`),
      ...mergeInto(users, file.users).map((name) => `user "${cell(name)}"`),
    ];
    if (repeated.length > 0) {
      const more = repeated.length > namesShown ? ` and ${repeated.length - namesShown} more` : '';
      problems.push({
        file: file.path,
        severity: 'warn',
        what: `${repeated.slice(0, namesShown).join(', ')}${more} already named by an earlier file, which wins`,
        next: 'rename what differs, or leave it if it is the same',
      });
    }
    if (currentContext === '') currentContext = file.currentContext;
  }
  return { clusters, contexts, users, currentContext, problems };
}

/** Adds what is not there yet; gives the names that were. */
function mergeInto<E>(into: Map<string, E>, from: ReadonlyMap<string, E>): readonly string[] {
  const repeated: string[] = [];
  for (const [name, entry] of from) {
    if (into.has(name)) repeated.push(name);
    else into.set(name, entry);
  }
  return repeated;
}
