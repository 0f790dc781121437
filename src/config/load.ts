// Reads the configuration file. It is the user's own and nobody else's: never from the working directory or a cluster,
// and refused when others may write it. Anything wrong is said with its line; nothing is taken half.
import { isAbsolute, join, resolve } from 'node:path';
import { cell } from '../core/sanitise.ts';
import { type Environment, xdgFolder } from '../platform/environment.ts';
import { configLimits, type Files, type FileStamp } from '../platform/files.ts';
import { type Config, type ConfigProblem, defaultConfig } from './config.ts';

export type { ConfigProblem } from './config.ts';

export type LoadedConfig = {
  /** The defaults when there are problems. */
  readonly config: Config;
  /** The file that was read, or null when there is none. */
  readonly path: string | null;
  /** Not empty: a usage error (exit code 2). */
  readonly problems: readonly ConfigProblem[];
};

export type ConfigOptions = {
  /** `--config`. */
  readonly explicitPath?: string;
  readonly env: Environment;
  readonly files: Files;
  readonly home: string | null;
  readonly cwd: string;
  /** The user's id; a file of another user (but root) is refused. Null where there are none. */
  readonly uid: number | null;
};

/** Never throws. Without a file: the defaults. */
export async function loadConfig(options: ConfigOptions): Promise<LoadedConfig> {
  const path = configPath(options);
  if (path === null) return { config: defaultConfig, path: null, problems: [] };
  const read = await options.files.read(path, configLimits);
  const isAsked = options.explicitPath !== undefined && options.explicitPath !== '';
  if (!read.ok) {
    if (read.failure === 'missing' && !isAsked) return { config: defaultConfig, path: null, problems: [] };
    return failed(path, `${read.message}`, isAsked ? 'check --config' : 'mend it or move it away');
  }
  const untrusted = untrustedBecause(read.stamp, options.uid);
  if (untrusted !== null) return failed(path, untrusted.what, untrusted.next(path));
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(read.data);
  } catch {
    return failed(path, 'is not text (invalid UTF-8)', 'save it as UTF-8');
  }
  // The parser and the checker are loaded only by those who have a file.
  const { parseConfig } = await import('./parse.ts');
  const { config, problems } = parseConfig(text, path);
  return { config, path, problems };
}

/** Where the file is looked for; null without a home. */
export function configPath({ explicitPath, env, home, cwd }: ConfigOptions): string | null {
  if (explicitPath !== undefined && explicitPath !== '')
    return isAbsolute(explicitPath) ? explicitPath : resolve(cwd, explicitPath);
  const folder = xdgFolder(env, 'config', home);
  return folder === null ? null : join(folder, 'config.yaml');
}

/** One line for stderr. */
export const formatConfigProblem = ({ file, line, column, what, next }: ConfigProblem): string =>
  `${cell(file)}${line > 0 ? `:${line}:${column}` : ''}: ${what}; ${next}`;

const failed = (file: string, what: string, next: string): LoadedConfig => ({
  config: defaultConfig,
  path: file,
  problems: [{ file, line: 0, column: 0, what, next }],
});

function untrustedBecause(
  stamp: FileStamp,
  uid: number | null,
): { readonly what: string; readonly next: (path: string) => string } | null {
  if (stamp.kind !== 'file') return null;
  if ((stamp.mode & 0o022) !== 0)
    return { what: 'may be written by other users and is not read', next: (path) => `chmod go-w ${path}` };
  if (uid !== null && stamp.uid !== uid && stamp.uid !== 0)
    return { what: 'belongs to another user and is not read', next: () => 'copy it and use the copy' };
  return null;
}
