// A login that failed is told with what really heals it, not with a wish.
import { expect, test } from 'vitest';
import { loginRemedy } from './login-remedy.ts';

const kuberc = { file: '/home/ana/.kube/kuberc', severity: 'fail', what: 'is no valid YAML', next: 'mend it' } as const;

test.each<[string, string | null, string, string]>([
  ['Token expired', 'aws sso login', 'Token expired', 'run aws sso login'],
  [
    'plugin aws blocked: /home/ana/.kube/kuberc denies every plugin; allow it in /home/ana/.kube/kuberc',
    null,
    'plugin aws blocked: /home/ana/.kube/kuberc denies every plugin',
    'allow it in /home/ana/.kube/kuberc',
  ],
  [
    'plugin aws blocked: not in the credentialPluginAllowlist of /home/ana/.kube/kuberc; add to it: "- command: aws"',
    null,
    'plugin aws blocked: not in the credentialPluginAllowlist of /home/ana/.kube/kuberc',
    'add to it: "- command: aws"',
  ],
  [
    'plugin aws blocked: /home/ana/.kube/kuberc is no valid YAML; allow it in /home/ana/.kube/kuberc',
    null,
    'plugin aws blocked: /home/ana/.kube/kuberc is no valid YAML',
    'mend /home/ana/.kube/kuberc: until then no credential plugin runs',
  ],
  [
    'plugin /repo/login was not allowed yet: it lies beside its kubeconfig or in the working directory; if you know where it came from, allow it with Enter on the cluster in the screen',
    null,
    'plugin /repo/login was not allowed yet: it lies beside its kubeconfig or in the working directory',
    'if you know where it came from, allow it with Enter on the cluster in the screen',
  ],
  ['plugin /repo/login cannot be read; chmod +r it', null, 'plugin /repo/login cannot be read', 'chmod +r it'],
  [
    'credential plugin aws is not installed or not in PATH.',
    null,
    'credential plugin aws is not installed or not in PATH',
    'install aws, or add its folder to PATH',
  ],
  [
    'credential plugin aws is not installed or not in PATH. Get it from https://aws.example/cli',
    null,
    'credential plugin aws is not installed or not in PATH',
    'Get it from https://aws.example/cli',
  ],
  [
    'auth-provider azure no longer exists: install kubelogin, then: kubelogin convert-kubeconfig',
    null,
    'auth-provider azure no longer exists',
    'install kubelogin, then: kubelogin convert-kubeconfig',
  ],
  ['Unauthorized', null, 'Unauthorized', 'renew the credentials of this user in the kubeconfig'],
])('%s', (message, command, what, remedy) => {
  expect(loginRemedy(message, command, [kuberc])).toEqual({ what, remedy });
});
