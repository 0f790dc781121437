import { expect, test } from 'vitest';
import { execContext, execPlugin } from '../../../test/support/credential-plugin.ts';
import { ApiError } from '../api-error.ts';
import type { ExecPlugin } from '../kubeconfig/context.ts';
import { loginCommand, loginIdentity } from './login.ts';

const titleFor = (
  command: string,
  args: readonly string[],
  said = '',
  env: ExecPlugin['env'] = [],
): string | undefined =>
  loginCommand(
    execContext(execPlugin(`/usr/bin/${command}`, { args, env, rawCommand: command })),
    new ApiError('login', said),
  )?.title;

test.each<[string, string[], string, string]>([
  ['aws', ['eks', 'get-token', '--profile', 'dev'], 'The SSO session has expired', 'aws sso login --profile dev'],
  ['aws', ['--profile=dev', 'eks', 'get-token'], 'Token has expired and refresh failed', 'aws sso login --profile dev'],
  ['aws', ['eks', 'get-token'], '', 'aws sso login'],
  ['aws', ['eks', 'get-token'], 'Unable to locate credentials', 'aws configure'],
  ['aws-iam-authenticator', ['token', '-i', 'c'], '', 'aws sso login'],
  ['gke-gcloud-auth-plugin', [], '', 'gcloud auth login'],
  [
    'kubelogin',
    ['get-token', '--server-id', 'x', '--login', 'azurecli', '--tenant-id', 't'],
    '',
    'az login --tenant t',
  ],
  [
    'kubelogin',
    ['get-token', '--server-id', 'x', '--login', 'devicecode'],
    '',
    'kubelogin get-token --server-id x --login devicecode',
  ],
  ['kubelogin', ['get-token', '--oidc-issuer-url=https://i'], '', 'kubelogin get-token --oidc-issuer-url=https://i'],
  [
    'kubectl',
    ['oidc-login', 'get-token', '--oidc-client-secret=abc'],
    '',
    'kubectl oidc-login get-token --oidc-client-secret=•••',
  ],
  [
    'tsh',
    ['kube', 'credentials', '--kube-cluster=k', '--teleport-cluster=t', '--proxy=p:443'],
    '',
    'tsh login --proxy p:443 t',
  ],
  [
    'doctl',
    ['kubernetes', 'cluster', 'kubeconfig', 'exec-credential', '--context', 'c'],
    '',
    'doctl auth init --context c',
  ],
])('%s %j after "%s": %s', (command, args, said, title) => {
  expect(titleFor(command, args, said)).toBe(title);
});

test('a profile from the environment of the entry counts too', () => {
  expect(titleFor('aws', ['eks', 'get-token'], '', [{ name: 'AWS_PROFILE', value: 'ops' }])).toBe(
    'aws sso login --profile ops',
  );
});

test('an unknown plugin is run itself with a terminal, and what it prints is captured', () => {
  const plugin = execPlugin('/opt/acme', { args: ['a b'], env: [{ name: 'X', value: 'y' }], rawCommand: 'acme' });

  const command = loginCommand(execContext(plugin), null);

  expect(command).toMatchObject({
    command: ['/opt/acme', 'a b'],
    title: "acme 'a b'",
    captures: true,
    env: { X: 'y' },
  });
  expect(JSON.parse(command?.env['KUBERNETES_EXEC_INFO'] ?? '')).toMatchObject({ spec: { interactive: true } });
});

test('what is missing or blocked is not healed by a login', () => {
  expect(titleFor('acme', [], 'credential plugin acme is not installed or not in PATH.')).toBeUndefined();
  expect(titleFor('acme', [], 'plugin acme blocked: not in the list')).toBeUndefined();
});

test('other ways to log in: what is known, else nothing', () => {
  const of = (auth: Parameters<typeof execContext>[1]) =>
    loginCommand(execContext(execPlugin(''), auth), null)?.title ?? null;

  expect(of({ auth: { type: 'token', token: 'sha256~abc' } })).toBe('oc login --server=https://dev:6443');
  expect(of({ auth: { type: 'token', token: 'abc' } })).toBeNull();
  expect(of({ auth: { type: 'legacy', provider: 'gcp', remedy: '' }, rawName: 'gke_proj-1_europe-west1-b_shop' })).toBe(
    'gcloud container clusters get-credentials shop --zone europe-west1-b --project proj-1',
  );
  expect(of({ auth: { type: 'legacy', provider: 'gcp', remedy: '' }, rawName: '$(id)' })).toBeNull();
});

test('identities: the same login command is the same identity, whatever the cluster', () => {
  const aws = execPlugin('/usr/bin/aws', {
    rawCommand: 'aws',
    args: ['eks', 'get-token', '--cluster-name', 'a', '--profile', 'p'],
  });
  const other = { ...aws, args: ['eks', 'get-token', '--cluster-name', 'b', '--profile', 'p'] };
  const third = { ...aws, args: ['eks', 'get-token', '--cluster-name', 'b', '--profile', 'q'] };

  expect(loginIdentity(execContext(aws))).toBe(loginIdentity(execContext(other, { server: 'https://other' })));
  expect(loginIdentity(execContext(aws))).not.toBe(loginIdentity(execContext(third)));
  const acme = execPlugin('/opt/acme');
  expect(loginIdentity(execContext(acme))).toBe(loginIdentity(execContext(acme, { server: 'https://other' })));
});
