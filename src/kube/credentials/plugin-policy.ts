// Which credential plugins may run: kubectl's own policy from the kuberc file, and the user's consent for programs that
// lie where a download may have put them.
import { join } from 'node:path';
import { load } from 'js-yaml';
import { at, list, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import type { Environment } from '../../platform/environment.ts';
import type { Files } from '../../platform/files.ts';
import type { ExecPlugin } from '../kubeconfig/context.ts';
import { createCommandFinder } from '../kubeconfig/exec.ts';
import type { KubeconfigProblem } from '../kubeconfig/file.ts';
import { fileDigest } from './plugin-digest.ts';

/** A program that the user said yes to, as it was then. */
export type PluginConsent = { readonly path: string; readonly sha256: string };

export type PluginDecision =
  | { readonly allowed: true }
  /** `ask` is set when the user may allow it: remember that consent, then retry. */
  | { readonly allowed: false; readonly reason: string; readonly next: string; readonly ask: PluginConsent | null };

export interface PluginPolicy {
  decide(plugin: ExecPlugin): Promise<PluginDecision>;
}

export type PluginPolicyOptions = {
  readonly env: Environment;
  readonly files: Files;
  readonly home: string | null;
  /** Whether the user allowed exactly this program; asked at each run. */
  readonly hasConsent: (consent: PluginConsent) => boolean;
};

type Rule =
  | { readonly policy: 'AllowAll' }
  | { readonly policy: 'DenyAll'; readonly why: string }
  | { readonly policy: 'Allowlist'; readonly commands: ReadonlySet<string> };

/** Reads the kuberc file once. A file that is wrong denies every plugin: it was written to restrict them. */
export async function loadPluginPolicy(
  options: PluginPolicyOptions,
): Promise<{ readonly policy: PluginPolicy; readonly problems: readonly KubeconfigProblem[] }> {
  const path = kubercPath(options.env, options.home);
  const { rule, problem } = path === null ? unrestricted : await readRule(path, options);
  return { policy: policyOf(rule, path ?? '', options), problems: problem === null ? [] : [problem] };
}

const unrestricted = { rule: { policy: 'AllowAll' } as Rule, problem: null };

/** KUBERC=off turns it off; kubectl knows no other word for that (kubectl/pkg/config, kuberc). */
function kubercPath(env: Environment, home: string | null): string | null {
  const set = env['KUBERC'] ?? '';
  if (set === 'off' || env['KUBECTL_KUBERC'] === 'false') return null;
  if (set !== '') return set;
  return home === null ? null : join(home, '.kube', 'kuberc');
}

async function readRule(
  path: string,
  options: PluginPolicyOptions,
): Promise<{ readonly rule: Rule; readonly problem: KubeconfigProblem | null }> {
  const read = await options.files.read(path);
  if (!read.ok && read.failure === 'missing' && (options.env['KUBERC'] ?? '') === '') return unrestricted;
  const denied = (what: string) => ({
    rule: { policy: 'DenyAll', why: `${path} ${what}` } as Rule,
    problem: { file: path, severity: 'fail', what, next: 'mend it: until then no credential plugin runs' } as const,
  });
  if (!read.ok) return denied(read.message);
  let root: unknown;
  try {
    root = read.data.length === 0 ? {} : load(read.data.toString('utf8'), { json: true, maxAliases: 100 });
  } catch {
    return denied('is no valid YAML');
  }
  const policy = text(root, 'credentialPluginPolicy');
  const entries = list(root, 'credentialPluginAllowlist');
  const hasList = at(root, 'credentialPluginAllowlist') != null;
  if (policy === 'Allowlist') {
    if (!hasList) return denied('sets the policy Allowlist without credentialPluginAllowlist');
    return { rule: { policy, commands: await resolved(entries, options) }, problem: null };
  }
  // client-go: a list without the policy that reads it is a mistake.
  if (hasList) return denied(`has a credentialPluginAllowlist but the policy ${cell(policy) || 'AllowAll'}`);
  if (policy === '' || policy === 'AllowAll') return unrestricted;
  if (policy === 'DenyAll') return { rule: { policy, why: `${path} denies every plugin` }, problem: null };
  return denied(`has the unknown credentialPluginPolicy ${cell(policy)}`);
}

/** Entries match by the absolute path that PATH gives; the field was called `name` in 1.35 and is `command` since. */
async function resolved(entries: readonly unknown[], options: PluginPolicyOptions): Promise<ReadonlySet<string>> {
  const find = createCommandFinder(options.env, options.files);
  const commands = entries.map((entry) => text(entry, 'command') || text(entry, 'name')).filter((c) => c !== '');
  const paths = await Promise.all(commands.map(async (c) => (c.includes('/') ? c : ((await find(c)) ?? ''))));
  return new Set(paths.filter((p) => p !== ''));
}

const policyOf = (rule: Rule, kuberc: string, options: PluginPolicyOptions): PluginPolicy => ({
  async decide(plugin) {
    const name = cell(plugin.rawCommand);
    if (rule.policy === 'DenyAll')
      return {
        allowed: false,
        reason: `plugin ${name} blocked: ${rule.why}`,
        next: `allow it in ${kuberc}`,
        ask: null,
      };
    if (rule.policy === 'Allowlist' && !rule.commands.has(plugin.command))
      return {
        allowed: false,
        reason: `plugin ${name} blocked: not in the credentialPluginAllowlist of ${kuberc}`,
        next: `add to it: "- command: ${name}"`,
        ask: null,
      };
    // Named in the allow-list is consent enough.
    if (!plugin.suspicious || rule.policy === 'Allowlist') return { allowed: true };
    const sha256 = await fileDigest(plugin.command, options.files);
    if (sha256 === null) {
      // Gone: the run itself says so. There but unreadable: nobody can say what was allowed.
      if ((await options.files.stamp(plugin.command)) === null) return { allowed: true };
      return {
        allowed: false,
        reason: `plugin ${cell(plugin.command)} cannot be read`,
        next: 'chmod +r it',
        ask: null,
      };
    }
    const ask: PluginConsent = { path: plugin.command, sha256 };
    if (options.hasConsent(ask)) return { allowed: true };
    return {
      allowed: false,
      reason: `plugin ${cell(plugin.command)} was not allowed yet: it lies beside its kubeconfig or in the working directory`,
      next: 'if you know where it came from, allow it with Enter on the cluster in the screen',
      ask,
    };
  },
});
