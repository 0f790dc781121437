// The fleet as the engine found it: which clusters answer, who we are there, what may not be read.
import type { ClusterSummary } from '../../core/cluster.ts';
import { duration } from '../../core/format.ts';
import { skewText } from '../../core/skew.ts';
import type { KubeconfigProblem } from '../../kube/kubeconfig/kubeconfig.ts';
import { denialFindings } from './denials.ts';
import { type DoctorFinding, ok } from './finding.ts';
import { loginRemedy } from './login-remedy.ts';

type PolicyProblems = readonly KubeconfigProblem[];

export function clusterFindings(
  cluster: ClusterSummary,
  now: number,
  policyProblems: PolicyProblems = [],
): DoctorFinding[] {
  const found = [connection(cluster, now, policyProblems)];
  const name = cluster.name;
  if (cluster.insecure) {
    found.push({
      area: 'connection',
      severity: 'warn',
      what: `${name}: the server's certificate is not verified (insecure-skip-tls-verify)`,
      remedy: 'put its certificate authority into the kubeconfig (certificate-authority-data) and drop the flag',
    });
  }
  const skew = skewText(cluster.skewMs);
  if (skew !== null) {
    found.push({
      area: 'clock',
      severity: 'warn',
      what: `${name}: this machine is ${skew}`,
      remedy:
        'set the clock by network time (timedatectl set-ntp true), here or, when other clusters agree with this machine, there; ages follow the server meanwhile',
    });
  }
  found.push(...denialFindings(cluster));
  if (cluster.state.phase === 'live' && cluster.denied.length === 0)
    found.push(ok('permissions', `${name}: everything that is watched may be read`));
  return found;
}

function connection(cluster: ClusterSummary, now: number, policyProblems: PolicyProblems): DoctorFinding {
  const { name, state } = cluster;
  const at = `${name} at ${cluster.server} as ${cluster.identity}`;
  switch (state.phase) {
    case 'live':
      return ok(
        'connection',
        `${at}: ${cluster.version ?? 'version not known'}${cluster.roundTripMs === null ? '' : `, ${Math.round(cluster.roundTripMs)} ms`}`,
      );
    case 'login': {
      const login = loginRemedy(state.message, state.command, policyProblems);
      return {
        area: 'credentials',
        severity: 'fail',
        what: `${at}: ${login.what}`,
        remedy: login.remedy,
      };
    }
    case 'offline':
      return { area: 'connection', severity: 'fail', what: `${at}: ${state.reason}`, remedy: remedyFor(state.reason) };
    case 'stale':
      return {
        area: 'connection',
        severity: 'fail',
        what: `${at}: silent for ${duration(now - state.lastHeard)}, ${state.reason}`,
        remedy: remedyFor(state.reason),
      };
    case 'denied':
      return {
        area: 'permissions',
        severity: 'fail',
        what: `${at}: nothing that is watched may be read`,
        remedy: 'name the namespaces you may read under clusters: in the config, or ask for rights',
      };
    case 'connecting':
      return {
        area: 'connection',
        severity: 'fail',
        what: `${at}: no answer in time (${state.doing})`,
        remedy: 'check VPN and proxy, or give it longer with --timeout',
      };
    case 'parked':
      return {
        area: 'connection',
        severity: 'fail',
        what: `${at}: its turn did not come in time`,
        remedy: 'give it longer with --timeout, or name fewer clusters with --cluster',
      };
  }
}

const remedies: readonly [RegExp, string][] = [
  [/ENOTFOUND|EAI_AGAIN|name/i, 'check the host name in the kubeconfig, DNS and VPN'],
  [/refused/i, 'check that the API server runs and that the port in the kubeconfig is right'],
  [/proxy/i, 'check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY'],
  [/expired/i, 'renew the certificate, and check the clock of this machine'],
  [
    /certificate|self.signed|issuer|authority/i,
    'put the right certificate authority into the kubeconfig, or into NODE_EXTRA_CA_CERTS',
  ],
  [/timed? ?out|timeout|silent/i, 'check VPN, firewall and proxy on the way to it'],
];

/** What usually heals a connection that fails with these words. */
export const remedyFor = (reason: string): string =>
  remedies.find(([pattern]) => pattern.test(reason))?.[1] ??
  'try kubectl --context with the same kubeconfig; if it works, please report this';
