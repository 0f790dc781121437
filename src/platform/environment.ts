// The environment as data: what was read once at start and handed down, and the folders that follow from it.
import { isAbsolute, join } from 'node:path';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The user's home, or null: `HOME` unset, empty or relative counts as none (a locked-down service account). */
export const homeOf = (env: Environment): string | null => {
  const home = env['HOME'] ?? '';
  return isAbsolute(home) ? home : null;
};

const folders = {
  config: { variable: 'XDG_CONFIG_HOME', fallback: '.config' },
  state: { variable: 'XDG_STATE_HOME', fallback: '.local/state' },
  cache: { variable: 'XDG_CACHE_HOME', fallback: '.cache' },
} as const;

/** Folder for our files of one kind, or null without a home. Relative XDG paths are ignored, as the XDG specification says. */
export function xdgFolder(env: Environment, kind: keyof typeof folders, home = homeOf(env)): string | null {
  const { variable, fallback } = folders[kind];
  const set = env[variable] ?? '';
  if (isAbsolute(set)) return join(set, 'flagbridge');
  return home === null ? null : join(home, fallback, 'flagbridge');
}
