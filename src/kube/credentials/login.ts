// The command that renews a context's credentials: the provider's own login where we know it, else the plugin itself with
// a terminal. Contexts whose command is the same share an identity: one login heals them all.
import type { LoginCommand } from '../../core/login.ts';
import { cell, redact } from '../../core/sanitise.ts';
import type { ApiError } from '../api-error.ts';
import type { ExecPlugin, KubeContext } from '../kubeconfig/context.ts';
import { execInfo, pluginName } from './exec-plugin.ts';

/**
 * What to run to heal a context, or null when no command does. `lastError` picks between a provider's ways to log in.
 * Nothing is run here, and nothing is run unasked.
 */
export function loginCommand(context: KubeContext, lastError: ApiError | null): LoginCommand | null {
  switch (context.auth.type) {
    case 'exec':
      return forPlugin(context, context.auth.exec, lastError?.message ?? '');
    case 'legacy':
      return context.auth.provider === 'gcp' ? gkeCredentials(context.rawName) : null;
    case 'token':
      // OpenShift's own tokens; everybody else's are got from somewhere we cannot know.
      return context.auth.token.startsWith('sha256~') ? plain(['oc', 'login', `--server=${context.server}`]) : null;
    default:
      return null;
  }
}

/** Equal for contexts that one login heals. */
export function loginIdentity(context: KubeContext): string {
  const command = loginCommand(context, null);
  return command === null
    ? JSON.stringify([context.file, context.user])
    : JSON.stringify([command.command, { ...command.env, KUBERNETES_EXEC_INFO: '' }]);
}

type Provider = (plugin: ExecPlugin, said: string) => LoginCommand | null;

const plain = (command: readonly string[], env: LoginCommand['env'] = {}): LoginCommand => ({
  command,
  env,
  title: titleOf(command),
});

/** By the plugin's file name, without an extension. */
const providers: Readonly<Record<string, Provider>> = {
  aws: (plugin, said) => awsLogin(plugin, said),
  'aws-iam-authenticator': (plugin, said) => awsLogin(plugin, said),
  'gke-gcloud-auth-plugin': (plugin) => plain(['gcloud', 'auth', 'login'], variables(plugin, /^(CLOUDSDK|GOOGLE)_/)),
  gcloud: (plugin) => plain(['gcloud', 'auth', 'login'], variables(plugin, /^(CLOUDSDK|GOOGLE)_/)),
  kubelogin: (plugin) => azureLogin(plugin),
  tsh: (plugin) => teleportLogin(plugin),
  doctl: (plugin) => plain(['doctl', 'auth', 'init', ...optional('--context', flag(plugin, '--context'))]),
  oci: (plugin) => plain(['oci', 'session', 'authenticate', ...optional('--profile-name', flag(plugin, '--profile'))]),
  ibmcloud: () => plain(['ibmcloud', 'login', '--sso']),
};

function forPlugin(context: KubeContext, plugin: ExecPlugin, said: string): LoginCommand | null {
  // What is not there or was not allowed is not healed by running it.
  if (/ is not installed or not in PATH| blocked: | was not allowed yet/.test(said)) return null;
  const name = pluginName(plugin).replace(/\.(exe|cmd|sh|py)$/, '');
  const provider = Object.hasOwn(providers, name) ? providers[name] : undefined;
  return provider?.(plugin, said) ?? itself(context, plugin);
}

/** The plugin with a terminal: what it prints is a credential, so it is captured. */
function itself(context: KubeContext, plugin: ExecPlugin): LoginCommand {
  const ca = context.tls.ca !== null && 'pem' in context.tls.ca ? context.tls.ca.pem : null;
  return {
    command: [plugin.command, ...plugin.args],
    env: { ...variables(plugin, /./), KUBERNETES_EXEC_INFO: execInfo(context, plugin, ca, true) },
    title: titleOf([pluginName(plugin), ...plugin.args]),
    captures: true,
  };
}

/** `aws sso login` where a profile uses it; static keys are put right with `aws configure`. */
function awsLogin(plugin: ExecPlugin, said: string): LoginCommand {
  const profile = flag(plugin, '--profile') ?? flag(plugin, '-p') ?? variable(plugin, 'AWS_PROFILE');
  const keys =
    /unable to locate credentials|InvalidClientTokenId|SignatureDoesNotMatch/i.test(said) && !/sso/i.test(said);
  const command = keys ? ['aws', 'configure'] : ['aws', 'sso', 'login'];
  return plain(
    [...command, ...optional('--profile', profile)],
    variables(plugin, /^AWS_(CONFIG_FILE|SHARED_CREDENTIALS_FILE|CA_BUNDLE)$/),
  );
}

/** Azure's kubelogin borrows the login of az; the one of int128 is a plugin of its own and logs in itself. */
function azureLogin(plugin: ExecPlugin): LoginCommand | null {
  if (flag(plugin, '--server-id') === undefined) return null;
  const how = flag(plugin, '--login') ?? flag(plugin, '-l') ?? variable(plugin, 'AAD_LOGIN_METHOD') ?? 'devicecode';
  if (how === 'azurecli')
    return plain(['az', 'login', ...optional('--tenant', flag(plugin, '--tenant-id') ?? flag(plugin, '-t'))]);
  return how === 'azd' ? plain(['azd', 'auth', 'login']) : null;
}

/** `tsh kube credentials` needs a session of the proxy; the cluster is its last word. */
function teleportLogin(plugin: ExecPlugin): LoginCommand {
  const cluster = flag(plugin, '--teleport-cluster');
  return plain([
    'tsh',
    'login',
    ...optional('--proxy', flag(plugin, '--proxy')),
    ...(cluster === undefined ? [] : [cluster]),
  ]);
}

/** Contexts that gcloud writes are called gke_PROJECT_LOCATION_NAME; a zone ends with a letter, a region does not. */
function gkeCredentials(contextName: string): LoginCommand | null {
  const match = /^gke_([a-z][a-z0-9-]+)_([a-z]+-[a-z]+\d+(?:-[a-z])?)_([a-z0-9-]+)$/.exec(contextName);
  if (!match) return null;
  const [, project = '', location = '', name = ''] = match;
  const kind = /-[a-z]$/.test(location) ? '--zone' : '--region';
  return plain(['gcloud', 'container', 'clusters', 'get-credentials', name, kind, location, '--project', project]);
}

/** Value of `--flag value` or `--flag=value`. */
function flag(plugin: ExecPlugin, name: string): string | undefined {
  for (const [at, argument] of plugin.args.entries()) {
    if (argument === name) return plugin.args[at + 1];
    if (argument.startsWith(`${name}=`)) return argument.slice(name.length + 1);
  }
  return undefined;
}

const variable = (plugin: ExecPlugin, name: string): string | undefined =>
  plugin.env.find((v) => v.name === name)?.value || undefined;

const variables = (plugin: ExecPlugin, names: RegExp): Readonly<Record<string, string>> =>
  Object.fromEntries(plugin.env.filter((v) => names.test(v.name)).map((v) => [v.name, v.value]));

const optional = (name: string, value: string | undefined): readonly string[] =>
  value === undefined || value === '' ? [] : [name, value];

/** As one would type it, without secrets and cut for one line. */
function titleOf(command: readonly string[]): string {
  const words = command.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`));
  const line = cell(redact(words.join(' ')));
  return line.length > 120 ? `${line.slice(0, 119)}…` : line;
}
