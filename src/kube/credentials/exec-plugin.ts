// What is said to an exec credential plugin and what it answers (client-go plugin/pkg/client/auth/exec,
// k8s.io/client-go/pkg/apis/clientauthentication/v1). Pure; running it is exec-plugin-runner.ts.
import { stripVTControlCharacters } from 'node:util';
import { at, text } from '../../core/object.ts';
import { cell, redact } from '../../core/sanitise.ts';
import type { Environment } from '../../platform/environment.ts';
import type { RunResult } from '../../platform/processes.ts';
import type { ExecPlugin, KubeContext } from '../kubeconfig/context.ts';

export type ExecCredential = {
  readonly token: string | null;
  /** PEM. */
  readonly certificate: { readonly cert: string; readonly key: string } | null;
  /** Milliseconds since the epoch; null: good until the server refuses it. */
  readonly expiresAt: number | null;
};

/** The JSON of KUBERNETES_EXEC_INFO. `ca` is the authority's PEM, when there is one and the plugin wants the cluster. */
export function execInfo(context: KubeContext, plugin: ExecPlugin, ca: Buffer | null, interactive: boolean): string {
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: plugin.apiVersion,
    spec: {
      ...(plugin.provideClusterInfo && { cluster: clusterInfo(context, plugin, ca) }),
      interactive,
    },
  });
}

const clusterInfo = (context: KubeContext, plugin: ExecPlugin, ca: Buffer | null) => ({
  server: context.server,
  ...(context.tls.serverName !== null && { 'tls-server-name': context.tls.serverName }),
  ...(context.tls.insecure && { 'insecure-skip-tls-verify': true }),
  ...(ca !== null && { 'certificate-authority-data': ca.toString('base64') }),
  ...(context.proxy !== null && { 'proxy-url': context.proxy }),
  ...(context.disableCompression && { 'disable-compression': true }),
  config: plugin.clusterConfig ?? null,
});

/** The program's environment, the entry's on top, and what was said above. */
export const execEnvironment = (env: Environment, plugin: ExecPlugin, info: string): Environment => ({
  ...env,
  ...Object.fromEntries(plugin.env.map(({ name, value }) => [name, value])),
  KUBERNETES_EXEC_INFO: info,
});

/** Reads what a plugin printed; a text says what is wrong with it. */
export function parseExecCredential(printed: string, plugin: ExecPlugin): ExecCredential | string {
  let answer: unknown;
  try {
    answer = JSON.parse(printed);
  } catch {
    return printed.trim() === '' ? 'printed nothing' : 'printed something that is no JSON';
  }
  const kind = text(answer, 'kind');
  if (kind !== 'ExecCredential') return `printed ${kind === '' ? 'no kind' : cell(kind)}, not an ExecCredential`;
  const version = text(answer, 'apiVersion');
  if (version !== plugin.apiVersion)
    return `answered in ${cell(version) || 'no version'} but its entry asks for ${plugin.apiVersion}`;
  const token = text(answer, 'status', 'token').trim();
  const cert = text(answer, 'status', 'clientCertificateData');
  const key = text(answer, 'status', 'clientKeyData');
  if ((cert === '') !== (key === ''))
    return `gave a certificate ${cert === '' ? 'key without its certificate' : 'without its key'}`;
  if (token === '' && cert === '') return 'gave neither a token nor a certificate';
  if (/[^\x21-\x7e]/.test(token)) return 'gave a token with characters that no header may carry';
  const expires = at(answer, 'status', 'expirationTimestamp');
  const expiresAt = typeof expires === 'string' ? Date.parse(expires) : Number.NaN;
  if (expires !== undefined && expires !== null && Number.isNaN(expiresAt))
    return 'gave an expirationTimestamp that is no time';
  return {
    token: token === '' ? null : token,
    certificate: cert === '' ? null : { cert, key },
    expiresAt: Number.isNaN(expiresAt) ? null : expiresAt,
  };
}

/** Why a run gave no credential: one line with the plugin's own last words. */
export function execFailure(plugin: ExecPlugin, run: RunResult, timeoutMs: number): string {
  const name = pluginName(plugin);
  const words = lastWords(run.stderr.toString('utf8'), plugin);
  const said = words === '' ? '' : `: ${words}`;
  const hint = plugin.installHint === null ? '' : ` ${cell(plugin.installHint)}`;
  switch (run.ended) {
    case 'failed':
      return /ENOENT/.test(run.message)
        ? `credential plugin ${name} is not installed or not in PATH.${hint}`
        : `credential plugin ${name} could not be started: ${cell(redact(run.message))}`;
    case 'timeout':
      return `credential plugin ${name} did not answer within ${timeoutMs / 1000} s${said}`;
    case 'too-much-output':
      return `credential plugin ${name} printed more than a credential and was stopped${said}`;
    case 'aborted':
      return `credential plugin ${name} was stopped`;
    case 'exit':
      return `credential plugin ${name} ended with ${run.signal ?? `exit code ${run.code ?? '?'}`}${said}`;
  }
}

/** The last lines of stderr that say something: without colours and secrets, with everything odd made visible. */
function lastWords(stderr: string, plugin: ExecPlugin): string {
  let plain = stripVTControlCharacters(stderr.slice(-8192));
  // What the entry itself hands in as a secret is known by its value.
  for (const { value } of plugin.env) if (value.length >= 8) plain = plain.replaceAll(value, '•••');
  const lines = redact(plain)
    .split(/\r?\n/)
    .map((line) => cell(line.trim()))
    .filter((line) => line !== '');
  return lines.slice(-3).join(' · ').slice(-400);
}

/** File name of the command, sanitised. */
export const pluginName = (plugin: ExecPlugin): string =>
  cell(plugin.rawCommand.split('/').at(-1) ?? plugin.rawCommand);

/** Command and sub-commands up to the first flag: flags may carry secrets, as client-go assumes too. */
export function describePlugin(plugin: ExecPlugin): string {
  const flag = plugin.args.findIndex((a) => a.startsWith('-'));
  const words = plugin.args.slice(0, flag === -1 ? plugin.args.length : flag).slice(0, 3);
  return [pluginName(plugin), ...words.map((word) => cell(redact(word)))].join(' ');
}
