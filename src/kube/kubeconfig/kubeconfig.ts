// Where clusters come from: --kubeconfig, else KUBECONFIG, else ~/.kube/config, else the pod's service account. Reads,
// merges and resolves; nothing is connected and no plugin runs here.
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { cell } from '../../core/sanitise.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Files } from '../../platform/files.ts';
import type { KubeContext } from './context.ts';
import { type KubeconfigFile, type KubeconfigProblem, readKubeconfigFile } from './file.ts';
import { mergeKubeconfigs } from './merge.ts';
import { resolveContexts } from './resolve.ts';
import { serviceAccountContext } from './service-account.ts';

export type { KubeconfigProblem } from './file.ts';

export type KubeconfigOptions = {
  /** `--kubeconfig`; wins over everything and must be readable. */
  readonly explicitPath?: string;
  readonly env: Environment;
  readonly files: Files;
  readonly cwd: string;
  /** Null: there is no home, so there is no default file. */
  readonly home: string | null;
  /** Put before the path of the service account's mount; tests only. */
  readonly serviceAccountRoot?: string;
};

export type LoadedKubeconfig = {
  /** In file order. */
  readonly contexts: readonly KubeContext[];
  /** `rawName` of the current context, null when none is set or it names nothing (which is a problem). */
  readonly currentContext: string | null;
  readonly problems: readonly KubeconfigProblem[];
  /** Set when what was asked for cannot be read at all: commands end with exit code 2, the screen says so. */
  readonly failure: KubeconfigProblem | null;
  /** Files that were read, in order of precedence. */
  readonly sources: readonly string[];
  /** Files that would be read if they were there; what the watcher looks at. */
  readonly candidates: readonly string[];
  /** `none`: nothing was asked for and nothing is there. Only then the screen may show the demo. */
  readonly mode: 'files' | 'service-account' | 'none';
};

/** Files as last read well, by path: what a reload falls back to. */
export type KubeconfigMemory = Map<string, KubeconfigFile>;

/** Never throws. `memory` is given by the watcher: a file that cannot be read any more counts as it last was. */
export async function loadKubeconfig(options: KubeconfigOptions, memory?: KubeconfigMemory): Promise<LoadedKubeconfig> {
  const { wanted, by } = candidatePaths(options);
  const read = await Promise.all(
    wanted.map(async (path) => ({ path, read: await readKubeconfigFile(path, options.files) })),
  );
  const files: KubeconfigFile[] = [];
  const problems: KubeconfigProblem[] = [];
  const missing: string[] = [];
  for (const { path, read: result } of read) {
    const last = memory?.get(path);
    if (result.ok && !(result.file.isEmpty && last && last.contexts.size > 0)) {
      memory?.set(path, result.file);
      files.push(result.file);
    } else if (last) {
      const what = result.ok ? 'it is empty now' : result.problem.what;
      files.push({ ...last, problems: [] });
      problems.push({
        file: path,
        severity: 'warn',
        what: 'is used as it last was',
        next: `mend it: ${what}`,
      });
    } else if (!result.ok && result.failure === 'missing') missing.push(path);
    else if (!result.ok) problems.push(result.problem);
  }

  const merged = mergeKubeconfigs(files);
  const contexts = await resolveContexts(merged, options);
  problems.push(...merged.problems);
  const failure = failureOf(by, files, missing, problems);
  if (failure === null && by !== 'default') problems.push(...missing.map(skipped));
  const pod = contexts.length === 0 && failure === null ? await podOf(options) : null;
  const current = merged.currentContext;
  if (current !== '' && !merged.contexts.has(current))
    problems.push({
      file: files.find((f) => f.currentContext !== '')?.path ?? '',
      severity: 'warn',
      what: `current-context "${cell(current)}" names no context`,
      next: 'kubectl config use-context NAME',
    });
  return {
    contexts: pod ? [pod] : contexts,
    currentContext: pod ? pod.rawName : merged.contexts.has(current) ? current : null,
    problems,
    failure,
    sources: files.map((f) => f.path),
    candidates: wanted,
    mode: pod ? 'service-account' : files.length > 0 || failure !== null ? 'files' : 'none',
  };
}

const podOf = ({ env, files, serviceAccountRoot }: KubeconfigOptions): Promise<KubeContext | null> =>
  serviceAccountContext(env, files, serviceAccountRoot);

const skipped = (file: string): KubeconfigProblem => ({
  file,
  severity: 'info',
  what: 'does not exist and is skipped',
  next: 'take it out of KUBECONFIG, or write it',
});

type AskedBy = 'flag' | 'environment' | 'default';

/** Precedence of client-go's ClientConfigLoadingRules: empty parts are skipped, repeated ones read once. */
function candidatePaths(options: KubeconfigOptions): { readonly wanted: readonly string[]; readonly by: AskedBy } {
  const absolute = (path: string): string => (isAbsolute(path) ? path : resolve(options.cwd, path));
  if (options.explicitPath !== undefined && options.explicitPath !== '')
    return { wanted: [absolute(options.explicitPath)], by: 'flag' };
  const set = options.env['KUBECONFIG'] ?? '';
  if (set !== '') {
    const parts = set.split(delimiter).filter((part) => part !== '');
    return { wanted: [...new Set(parts.map(absolute))], by: 'environment' };
  }
  return { wanted: options.home === null ? [] : [join(options.home, '.kube', 'config')], by: 'default' };
}

/** Nothing of what was asked for can be read. A default file that is not there was not asked for. */
function failureOf(
  by: AskedBy,
  files: readonly KubeconfigFile[],
  missing: readonly string[],
  problems: readonly KubeconfigProblem[],
): KubeconfigProblem | null {
  if (files.length > 0) return null;
  const first = problems[0];
  if (by === 'default') return first ?? null;
  const name = by === 'flag' ? '--kubeconfig' : 'KUBECONFIG';
  if (first) return first;
  const file = missing[0];
  if (file === undefined)
    return by === 'flag'
      ? null
      : { file: 'KUBECONFIG', severity: 'fail', what: 'names no file', next: 'unset it, or name a kubeconfig' };
  const tilde = file.includes('/~/') ? '; a ~ inside it is not expanded, write $HOME' : '';
  return {
    file,
    severity: 'fail',
    what:
      missing.length > 1 ? `and ${missing.length - 1} more files that ${name} names do not exist` : 'does not exist',
    next: `check ${name}${tilde}`,
  };
}
