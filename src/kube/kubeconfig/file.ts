// Reads and parses one kubeconfig file. Whatever is wrong stays in this file's problems: it never throws, and an entry
// that is wrong does not take its neighbours along.
import { dirname } from 'node:path';
import { load, YAMLException } from 'js-yaml';
import { cell } from '../../core/sanitise.ts';
import { configLimits, type Files, type ReadFailure } from '../../platform/files.ts';
import {
  type ClusterEntry,
  type ContextEntry,
  clusterEntry,
  contextEntry,
  type EntryList,
  entryLabel,
  isRecord,
  type KubeconfigOrigin,
  type UserEntry,
  userEntry,
} from './entries.ts';

/** What is wrong with a file or an entry, where, and what to do. Texts are sanitised and hold no secrets. */
export type KubeconfigProblem = {
  readonly file: string;
  /** `fail`: something cannot be used. `warn`: used, but not as written. `info`: worth knowing once. */
  readonly severity: 'fail' | 'warn' | 'info';
  readonly what: string;
  readonly next: string;
};

export type KubeconfigFile = {
  readonly path: string;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly currentContext: string;
  readonly problems: readonly KubeconfigProblem[];
  /** No bytes at all: legal, but while running it is most likely being rewritten. */
  readonly isEmpty: boolean;
};

export type KubeconfigFileRead =
  | { readonly ok: true; readonly file: KubeconfigFile }
  | { readonly ok: false; readonly failure: ReadFailure | 'syntax'; readonly problem: KubeconfigProblem };

/** Aliases are legal but rare; more than this is a document that wants to be expanded without end. */
const maxAliases = 1000;

/** Reads an absolute path; relative paths inside the file start at its folder, as in kubectl. */
export async function readKubeconfigFile(path: string, files: Files): Promise<KubeconfigFileRead> {
  const read = await files.read(path, configLimits);
  if (!read.ok)
    return {
      ok: false,
      failure: read.failure,
      problem: { file: path, severity: 'fail', what: read.message, next: nextOf[read.failure] },
    };
  const parsed = parseKubeconfig(read.data, path);
  // Kept by others and useless to them when it only runs a plugin: said once, and only where a secret lies open.
  if (parsed.ok && (read.stamp.mode & 0o044) !== 0 && read.stamp.kind === 'file' && holdsSecret(parsed.file))
    return { ok: true, file: { ...parsed.file, problems: [...parsed.file.problems, readableByOthers(path)] } };
  return parsed;
}

const nextOf: Readonly<Record<ReadFailure, string>> = {
  missing: 'check the path',
  folder: 'name a file inside it',
  denied: 'check who owns it: ls -l',
  'too-large': 'a kubeconfig is far smaller: check the path',
  slow: 'check whether its disk answers, or what should write to it',
  other: 'check the path',
};

const readableByOthers = (path: string): KubeconfigProblem => ({
  file: path,
  severity: 'info',
  what: 'holds a secret and may be read by other users',
  next: `chmod 600 ${path}`,
});

/** Parses the bytes of a kubeconfig. Exported for the watcher's and the property tests. */
export function parseKubeconfig(data: Buffer, path: string): KubeconfigFileRead {
  const origin: KubeconfigOrigin = { path, folder: dirname(path) };
  const failed = (what: string, next: string): KubeconfigFileRead => ({
    ok: false,
    failure: 'syntax',
    problem: { file: path, severity: 'fail', what, next },
  });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(data);
  } catch {
    return failed('is not text (invalid UTF-8)', 'check that it is a kubeconfig');
  }
  let root: unknown;
  try {
    // Like kubectl, the last of two equal keys counts.
    root = text.trim() === '' ? null : load(text, { json: true, maxAliases });
  } catch (error) {
    return failed(syntaxError(error), `mend it, then: kubectl config view --kubeconfig ${path}`);
  }
  if (root !== null && root !== undefined && !isRecord(root))
    return failed('is not a kubeconfig: it holds no map', 'check the path');
  const top = isRecord(root) ? root : {};
  const kind = top['kind'];
  if (typeof kind === 'string' && kind !== '' && kind !== 'Config')
    return failed(`is a ${cell(kind)}, not a kubeconfig`, 'check the path');
  return { ok: true, file: entriesOf(top, origin, data.length === 0) };
}

function entriesOf(top: Readonly<Record<string, unknown>>, origin: KubeconfigOrigin, isEmpty: boolean): KubeconfigFile {
  const problems: KubeconfigProblem[] = [];
  const collect = <E extends { readonly name: string; readonly trouble: string | null }>(
    list: EntryList,
    read: (raw: unknown, origin: KubeconfigOrigin) => E | null,
  ): ReadonlyMap<string, E> => {
    const found = new Map<string, E>();
    const raws = Object.hasOwn(top, list) ? top[list] : undefined;
    if (raws !== undefined && raws !== null && !Array.isArray(raws)) {
      problems.push(problem(`${list} is not a list`, 'write each entry as "- name: …"'));
      return found;
    }
    (Array.isArray(raws) ? raws : []).forEach((raw: unknown, at) => {
      const entry = read(raw, origin);
      if (entry === null) problems.push(problem(`${list}[${at}] has no name`, 'name it or remove it'));
      else if (found.has(entry.name))
        problems.push(
          problem(`${entryLabel(list, raw, at)} is there twice; the first one is used`, 'remove one of them'),
        );
      else {
        found.set(entry.name, entry);
        if (entry.trouble !== null)
          problems.push(problem(`${entryLabel(list, raw, at)}: ${entry.trouble}`, 'mend the entry'));
      }
    });
    return found;
  };
  const problem = (what: string, next: string): KubeconfigProblem => ({
    file: origin.path,
    severity: 'fail',
    what,
    next,
  });
  const current = Object.hasOwn(top, 'current-context') ? top['current-context'] : undefined;
  if (current !== undefined && current !== null && typeof current !== 'string')
    problems.push(problem('current-context is not a text', 'put it in quotes'));
  return {
    path: origin.path,
    clusters: collect('clusters', clusterEntry),
    contexts: collect('contexts', contextEntry),
    users: collect('users', userEntry),
    currentContext: typeof current === 'string' ? current : '',
    problems,
    isEmpty,
  };
}

/** Line and reason; never the library's excerpt of the source, which may hold a token. */
function syntaxError(error: unknown): string {
  if (!(error instanceof YAMLException)) return 'cannot be parsed as YAML';
  const where = error.mark ? `line ${error.mark.line + 1}, column ${error.mark.column + 1}: ` : '';
  return `${where}${cell(error.reason)}`;
}

function holdsSecret(file: KubeconfigFile): boolean {
  for (const { user, authProvider } of file.users.values()) {
    if (user?.token || user?.password || user?.keyData) return true;
    if (authProvider && ('refresh-token' in authProvider.config || 'client-secret' in authProvider.config)) return true;
  }
  return false;
}
