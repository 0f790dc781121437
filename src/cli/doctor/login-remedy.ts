// What heals a login that failed. The kube layer tells why and what to do in one line, as a cluster's row shows it; here
// the two stand apart, so that a remedy is one.
import type { KubeconfigProblem } from '../../kube/kubeconfig/kubeconfig.ts';

export type LoginTrouble = { readonly what: string; readonly remedy: string };

/** `policyProblems`: what is wrong with the file that says which plugins may run. */
export function loginRemedy(
  message: string,
  command: string | null,
  policyProblems: readonly KubeconfigProblem[],
): LoginTrouble {
  if (command !== null) return { what: message, remedy: `run ${command}` };
  // A file that cannot be read blocks every plugin; nothing can be allowed in it before it is mended.
  const broken = policyProblems.find(({ file, what }) => message.includes(` blocked: ${file} ${what}`));
  for (const pattern of patterns) {
    const { what = '', name = '', remedy = '' } = pattern.exec(message)?.groups ?? {};
    if (what === '') continue;
    if (broken !== undefined) return { what, remedy: `mend ${broken.file}: until then no credential plugin runs` };
    return { what, remedy: remedy === '' ? `install ${name}, or add its folder to PATH` : remedy };
  }
  return { what: message, remedy: 'renew the credentials of this user in the kubeconfig' };
}

const patterns: readonly RegExp[] = [
  /^(?<what>plugin .+? (?:blocked: |was not allowed yet: |cannot be read)[^;]*); (?<remedy>.+)$/,
  /^(?<what>credential plugin (?<name>.+) is not installed or not in PATH)\.(?: (?<remedy>.+))?$/,
  /^(?<what>auth-provider \S+ no longer exists): (?<remedy>.+)$/,
];
