// The exec plugin of a user entry: checked as kubectl checks it, its command found as kubectl finds it, and marked when
// it lies where somebody else's download may have put it.
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import { cell } from '../../core/sanitise.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Files } from '../../platform/files.ts';
import type { ExecPlugin } from './context.ts';
import { isRecord, type KubeconfigOrigin } from './entries.ts';

export type ExecSurroundings = {
  readonly env: Environment;
  readonly files: Files;
  readonly cwd: string;
  readonly home: string | null;
};

export type ResolveExec = (
  raw: unknown,
  origin: KubeconfigOrigin,
  clusterConfig: unknown,
) => Promise<{ readonly exec: ExecPlugin } | { readonly reason: string }>;

/** Versions that client-go still speaks (plugin/pkg/client/auth/exec). */
export const execVersions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** One resolver per load: a command that many users share is looked up once. */
export function createExecResolver(around: ExecSurroundings): ResolveExec {
  const find = createCommandFinder(around.env, around.files);
  return async (raw, origin, clusterConfig) => {
    const checked = checkExec(raw);
    if ('reason' in checked) return checked;
    const { command: rawCommand } = checked;
    // Not looked up in PATH when it holds a separator; then it starts at the kubeconfig's folder (clientcmd loader.go,
    // GetAuthInfoFileReferences).
    const isPath = rawCommand.includes(sep);
    const absolute = isAbsolute(rawCommand) ? rawCommand : join(origin.folder, rawCommand);
    const command = isPath ? absolute : ((await find(rawCommand)) ?? rawCommand);
    const config = boundedCopy(clusterConfig);
    return {
      exec: {
        ...checked,
        command,
        rawCommand,
        suspicious: isSuspicious(command, origin.folder, around),
        ...(config !== undefined && { clusterConfig: config }),
      },
    };
  };
}

/**
 * Whether a command lies inside the kubeconfig's folder or the working directory. A folder that holds the user's home,
 * or is it, says nothing about where a program came from: there only programs directly in it count.
 */
export function isSuspicious(
  command: string,
  folder: string,
  around: { readonly cwd: string; readonly home: string | null },
): boolean {
  if (!isAbsolute(command)) return false;
  return [folder, around.cwd].some((place) => {
    const holdsHome = around.home !== null && isInside(around.home, place);
    return holdsHome || place === sep ? dirname(command) === place : isInside(command, place);
  });
}

const isInside = (path: string, folder: string): boolean =>
  path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);

/**
 * Finds a command as the first match in PATH, each looked up once; null: nowhere. Relative entries and empty ones (which
 * mean the working directory) are passed over: Go refuses such a match as well (exec.ErrDot).
 */
export function createCommandFinder(env: Environment, files: Files): (command: string) => Promise<string | null> {
  const folders = (env['PATH'] ?? '').split(delimiter).filter(isAbsolute);
  const found = new Map<string, Promise<string | null>>();
  const look = async (command: string): Promise<string | null> => {
    for (const folder of folders) {
      const path = join(folder, command);
      if (await files.isExecutable(path)) return path;
    }
    return null;
  };
  return (command) => {
    const known = found.get(command) ?? look(command);
    found.set(command, known);
    return known;
  };
}

type CheckedExec = Omit<ExecPlugin, 'rawCommand' | 'suspicious' | 'clusterConfig'>;

/** The rules of clientcmd validation.go, validateAuthInfo. */
function checkExec(raw: unknown): CheckedExec | { readonly reason: string } {
  if (!isRecord(raw)) return { reason: 'exec is not a map' };
  const { apiVersion, command, args, env, installHint, provideClusterInfo, interactiveMode } = raw;
  if (typeof command !== 'string' || command === '') return { reason: 'exec names no command' };
  if (command.includes('\0')) return { reason: 'exec has a command that no system can run' };
  if (typeof apiVersion !== 'string' || apiVersion === '') return { reason: 'exec has no apiVersion' };
  if (!execVersions.includes(apiVersion))
    return { reason: `exec has the apiVersion ${cell(apiVersion)}; update the entry to ${execVersions[0] ?? ''}` };
  const list = argumentList(args);
  if (list === null) return { reason: 'exec.args is not a list of texts' };
  const variables = variableList(env);
  if (variables === null) return { reason: 'exec.env is not a list of name and value' };
  const mode = interactiveMode ?? (apiVersion.endsWith('/v1beta1') ? 'IfAvailable' : undefined);
  if (mode !== 'Never' && mode !== 'IfAvailable' && mode !== 'Always')
    return {
      reason:
        mode === undefined
          ? 'exec has no interactiveMode, which apiVersion v1 asks for: Never, IfAvailable or Always'
          : 'exec.interactiveMode is none of Never, IfAvailable and Always',
    };
  return {
    apiVersion,
    command,
    args: list,
    env: variables,
    installHint: typeof installHint === 'string' && installHint !== '' ? installHint : null,
    provideClusterInfo: provideClusterInfo === true,
    interactiveMode: mode,
  };
}

function argumentList(args: unknown): readonly string[] | null {
  if (args === undefined || args === null) return [];
  if (!Array.isArray(args)) return null;
  const list = args.filter((a): a is string => typeof a === 'string' && !a.includes('\0'));
  return list.length === args.length ? list : null;
}

function variableList(env: unknown): ExecPlugin['env'] | null {
  if (env === undefined || env === null) return [];
  if (!Array.isArray(env)) return null;
  const list = [];
  for (const variable of env) {
    if (!isRecord(variable) || typeof variable['name'] !== 'string' || variable['name'] === '') return null;
    const value = variable['value'] ?? '';
    if (typeof value !== 'string' || value.includes('\0') || /[\0=]/.test(variable['name'])) return null;
    list.push({ name: variable['name'], value });
  }
  return list;
}

/** JSON of at most a few thousand nodes; aliases in YAML can make a small file unfold without end. */
function boundedCopy(value: unknown): unknown {
  let budget = 5000;
  const copy = (v: unknown, depth: number): unknown => {
    if (--budget < 0 || depth > 50) return null;
    if (Array.isArray(v)) return v.slice(0, budget + 1).map((item) => copy(item, depth + 1));
    if (isRecord(v)) return Object.fromEntries(Object.entries(v).map(([key, item]) => [key, copy(item, depth + 1)]));
    return typeof v === 'string' || typeof v === 'number' || typeof v === 'boolean' ? v : null;
  };
  const copied = value === undefined || value === null ? undefined : copy(value, 0);
  return budget < 0 ? undefined : copied;
}
