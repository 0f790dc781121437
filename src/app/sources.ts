// What every command reads before it does anything: environment, config, kubeconfig, remembered state. What is wrong is
// said at once, with its remedy; what cannot be worked with ends the command with exit code 2.
import type { Config } from '../config/config.ts';
import { formatConfigProblem, loadConfig } from '../config/load.ts';
import { hasConsent, openState, type StateStore } from '../config/state.ts';
import { matchesAny } from '../core/glob.ts';
import { nearest } from '../core/near.ts';
import type { Scope } from '../core/query.ts';
import { cell } from '../core/sanitise.ts';
import { parseScope } from '../core/scope.ts';
import type { KubeContext } from '../kube/kubeconfig/context.ts';
import {
  type KubeconfigMemory,
  type KubeconfigOptions,
  type KubeconfigProblem,
  type LoadedKubeconfig,
  loadKubeconfig,
} from '../kube/kubeconfig/kubeconfig.ts';
import { loadPluginPolicy } from '../kube/credentials/plugin-policy.ts';
import { environmentFindings } from '../kube/transport/tls-environment.ts';
import { type Environment, homeOf } from '../platform/environment.ts';
import { nodeFiles } from '../platform/files.ts';
import type { GlobalFlags } from '../cli/arguments.ts';
import { unknownPlugins } from './built-in-plugins.ts';

export type Sources = {
  readonly env: Environment;
  readonly home: string | null;
  readonly cwd: string;
  readonly config: Config;
  readonly configPath: string | null;
  readonly kubeconfig: LoadedKubeconfig;
  /** How it was read, and what each file held: for whoever reads it again. */
  readonly kubeconfigFrom: KubeconfigOptions & { readonly memory: KubeconfigMemory };
  readonly state: StateStore;
  /** Which credential plugins may run, and what is wrong with the file that says so. */
  readonly pluginPolicy: Awaited<ReturnType<typeof loadPluginPolicy>>;
  /** Lines worth a note that stop nothing. */
  readonly notes: readonly string[];
};

export type SourcesRead =
  | { readonly ok: true; readonly sources: Sources }
  | { readonly ok: false; readonly lines: readonly string[] };

/** Reads everything; a broken kubeconfig file among good ones is a note, not a failure. */
export async function readSources(flags: GlobalFlags, env: Environment = process.env): Promise<SourcesRead> {
  const home = homeOf(env);
  const cwd = process.cwd();
  const files = nodeFiles;
  const findings = environmentFindings(env);
  const refused = findings.filter((finding) => finding.severity === 'refuse');
  if (refused.length > 0) return { ok: false, lines: refused.map((f) => `${f.what}; ${f.next}`) };
  const explicit = flags.kubeconfig === null ? {} : { explicitPath: flags.kubeconfig };
  const kubeconfigFrom = { ...explicit, env, files, home, cwd, memory: new Map() };
  const [config, kubeconfig, state] = await Promise.all([
    loadConfig({
      ...(flags.config === null ? {} : { explicitPath: flags.config }),
      env,
      files,
      home,
      cwd,
      uid: process.getuid?.() ?? null,
    }),
    loadKubeconfig(kubeconfigFrom, kubeconfigFrom.memory),
    openState({ env, files, home }),
  ]);
  if (config.problems.length > 0) return { ok: false, lines: config.problems.map(formatConfigProblem) };
  if (kubeconfig.failure) {
    return {
      ok: false,
      lines: [...kubeconfig.problems, kubeconfig.failure]
        .filter((p, i, all) => all.indexOf(p) === i)
        .map(kubeconfigLine),
    };
  }
  const pluginPolicy = await loadPluginPolicy({
    env,
    files,
    home,
    hasConsent: (consent) => hasConsent(state.state, consent),
  });
  const usesPlugins = kubeconfig.contexts.some((context) => context.auth.type === 'exec');
  const notes = [
    ...findings.map((f) => `${f.what}; ${f.next}`),
    ...kubeconfig.problems.filter((p) => p.severity !== 'info').map(kubeconfigLine),
    ...(usesPlugins ? pluginPolicy.problems.map(kubeconfigLine) : []),
    ...unknownPlugins(config.config),
  ];
  return {
    ok: true,
    sources: {
      env,
      home,
      cwd,
      config: config.config,
      configPath: config.path,
      kubeconfig,
      kubeconfigFrom,
      state,
      pluginPolicy,
      notes,
    },
  };
}

/** `file: what; next`, one line. */
export const kubeconfigLine = ({ file, what, next }: KubeconfigProblem): string =>
  cell(`${file === '' ? 'kubeconfig' : file}: ${what}; ${next}`);

/** Why nothing can be asked: no clusters at all, or none that `--cluster` names; null when there are some. */
export function nothingToAsk({ kubeconfig, config }: Sources, flags: GlobalFlags): string | null {
  if (kubeconfig.contexts.length === 0) {
    const where = kubeconfig.candidates.map((path) => cell(path)).join(', ');
    return kubeconfig.mode === 'none'
      ? `no clusters: ${where === '' ? 'no home folder' : `${where} does not exist`}; write a kubeconfig or name one with --kubeconfig (flagbridge demo needs none)`
      : `no clusters: ${where} names no context; add one with kubectl config set-context`;
  }
  const names = kubeconfig.contexts.flatMap((context) => namesOf(context, config));
  for (const wanted of flags.clusters) {
    if (names.some((name) => matchesAny([wanted], name))) continue;
    const near = nearest(wanted, names);
    return `--cluster ${cell(wanted)} names no context${near === null ? '' : `; near: ${near}`}; flagbridge clusters lists them`;
  }
  return null;
}

/** Names that a context is called by: its own, and the aliases of the config. */
const namesOf = (context: KubeContext, config: Config): readonly string[] => [
  context.name,
  ...config.clusters.flatMap((rule) =>
    rule.alias !== undefined && matchesAny([rule.match], context.name) ? [rule.alias] : [],
  ),
];

/** The contexts that a command is about: all, or those that `--cluster` names. The others are no part of its answer. */
export const namedContexts = (
  { kubeconfig, config }: Pick<Sources, 'kubeconfig' | 'config'>,
  wanted: readonly string[],
): readonly KubeContext[] =>
  wanted.length === 0
    ? kubeconfig.contexts
    : kubeconfig.contexts.filter((context) => namesOf(context, config).some((name) => matchesAny(wanted, name)));

/** The scope that the flags ask for: clusters and namespaces; a scope line of the command line is added to it. */
export function scopeOfFlags(flags: GlobalFlags, line = ''): { readonly scope: Scope; readonly bad: string | null } {
  const { scope, bad } = parseScope(line);
  return {
    scope: {
      clusters: [...scope.clusters, ...flags.clusters],
      namespaces: [...scope.namespaces, ...(flags.namespace !== null && !flags.allNamespaces ? [flags.namespace] : [])],
      filter: scope.filter,
    },
    bad: bad === null ? null : `scope: ${line.slice(bad.from, bad.to)}: ${bad.reason}`,
  };
}
