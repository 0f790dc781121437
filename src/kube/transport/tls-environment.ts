// What in the environment would weaken every connection: refused or said at start, before the first byte is sent.
import type { Environment } from '../../platform/environment.ts';

export type EnvironmentFinding = {
  /** `refuse`: the program does not start. `warn`: it does, and says so once. */
  readonly severity: 'refuse' | 'warn';
  readonly what: string;
  readonly next: string;
};

/** For main, which ends with exit code 2 on a `refuse`, and for doctor. */
export function environmentFindings(env: Environment): readonly EnvironmentFinding[] {
  const findings: EnvironmentFinding[] = [];
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0')
    findings.push({
      severity: 'refuse',
      what: 'NODE_TLS_REJECT_UNAUTHORIZED=0 would send credentials to any server',
      next: 'unset it; for one cluster use certificate-authority or insecure-skip-tls-verify in the kubeconfig',
    });
  const injected = /(?:^|\s)(?:--(?:require|import|loader|experimental-loader)|-r)(?:[=\s]|$)/.test(
    env['NODE_OPTIONS'] ?? '',
  );
  if (injected)
    findings.push({
      severity: 'warn',
      what: 'NODE_OPTIONS loads other code into this program',
      next: 'unset it unless you put it there',
    });
  return findings;
}
