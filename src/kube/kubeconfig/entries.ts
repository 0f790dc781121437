// The entries of one kubeconfig, checked and in our words. client-node reads the fields it knows; what it drops
// (tokenFile, groups, uid and extra of impersonation, compression, extensions) is read here from the same object.
import {
  newClusters,
  newContexts,
  newUsers,
  type Cluster as ParsedCluster,
  type User as ParsedUser,
} from '@kubernetes/client-node/dist/config_types.js';
import { cell } from '../../core/sanitise.ts';

/** A cluster entry; `trouble` is set when it cannot be used, with the reason. Paths are as written. */
export type ClusterEntry = {
  readonly name: string;
  readonly file: KubeconfigOrigin;
  readonly cluster: ParsedCluster | null;
  readonly disableCompression: boolean;
  /** Extension `client.authentication.k8s.io/exec`. */
  readonly execConfig: unknown;
  readonly trouble: string | null;
};

export type UserEntry = {
  readonly name: string;
  readonly file: KubeconfigOrigin;
  readonly user: ParsedUser | null;
  readonly tokenFile: string;
  /** users[].user.exec as it stands in the file. */
  readonly exec: unknown;
  readonly authProvider: { readonly name: string; readonly config: Readonly<Record<string, string>> } | null;
  readonly impersonate: {
    readonly user: string;
    readonly uid: string;
    readonly groups: readonly string[];
    readonly extra: Readonly<Record<string, readonly string[]>>;
  };
  readonly trouble: string | null;
};

export type ContextEntry = {
  readonly name: string;
  readonly file: KubeconfigOrigin;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
  readonly trouble: string | null;
};

/** The file that an entry came from; relative paths in it start at `folder`. */
export type KubeconfigOrigin = { readonly path: string; readonly folder: string };

export type EntryList = 'clusters' | 'contexts' | 'users';

type Fields = Readonly<Record<string, unknown>>;

export const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (value: unknown, key: string): unknown =>
  isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;

/** Fields that are read, with the type that kubectl asks for. `library` ones are handed to client-node. */
type FieldRule = { readonly type: 'string' | 'boolean'; readonly library: boolean };
const text: FieldRule = { type: 'string', library: true };
const ours: FieldRule = { type: 'string', library: false };

const clusterFields = new Map<string, FieldRule>([
  ['server', text],
  ['certificate-authority', text],
  ['certificate-authority-data', text],
  ['tls-server-name', text],
  ['proxy-url', text],
  ['insecure-skip-tls-verify', { type: 'boolean', library: true }],
  ['disable-compression', { type: 'boolean', library: false }],
]);
// Not `token-file`: client-node would read that file at once, and kubectl knows no such key.
const userFields = new Map<string, FieldRule>([
  ['client-certificate', text],
  ['client-certificate-data', text],
  ['client-key', text],
  ['client-key-data', text],
  ['token', text],
  ['username', text],
  ['password', text],
  ['tokenFile', ours],
  ['as', ours],
  ['as-uid', ours],
]);
const contextFields = new Map<string, FieldRule>([
  ['cluster', text],
  ['user', text],
  ['namespace', text],
]);

/** Reads `clusters[at]`; null when it has no name, so that nothing can refer to it. */
export function clusterEntry(raw: unknown, file: KubeconfigOrigin): ClusterEntry | null {
  const name = nameOf(raw);
  if (name === null) return null;
  const body = own(raw, 'cluster');
  const fields = readFields(body, 'cluster', clusterFields);
  const trouble =
    fields.trouble ??
    badBase64(body, ['certificate-authority-data']) ??
    (asText(body, 'server') === '' ? 'the cluster entry has no server' : null);
  return {
    name,
    file,
    cluster: trouble === null ? (newClusters([{ name, cluster: fields.library }])[0] ?? null) : null,
    disableCompression: own(body, 'disable-compression') === true,
    execConfig: extension(own(body, 'extensions'), 'client.authentication.k8s.io/exec'),
    trouble,
  };
}

export function userEntry(raw: unknown, file: KubeconfigOrigin): UserEntry | null {
  const name = nameOf(raw);
  if (name === null) return null;
  const body = own(raw, 'user');
  const fields = readFields(body, 'user', userFields);
  const trouble = fields.trouble ?? badBase64(body, ['client-certificate-data', 'client-key-data']);
  const provider = own(body, 'auth-provider');
  return {
    name,
    file,
    user: trouble === null ? (newUsers([{ name, user: fields.library }])[0] ?? null) : null,
    tokenFile: asText(body, 'tokenFile'),
    exec: own(body, 'exec'),
    authProvider: isRecord(provider)
      ? { name: asText(provider, 'name'), config: texts(own(provider, 'config')) }
      : null,
    impersonate: {
      user: asText(body, 'as'),
      uid: asText(body, 'as-uid'),
      groups: textList(own(body, 'as-groups')),
      extra: extras(own(body, 'as-user-extra')),
    },
    trouble,
  };
}

export function contextEntry(raw: unknown, file: KubeconfigOrigin): ContextEntry | null {
  const name = nameOf(raw);
  if (name === null) return null;
  const body = own(raw, 'context');
  const fields = readFields(body, 'context', contextFields);
  const trouble = fields.trouble ?? (asText(body, 'cluster') === '' ? 'the context names no cluster' : null);
  const parsed = trouble === null ? newContexts([{ name, context: fields.library }])[0] : undefined;
  return {
    name,
    file,
    cluster: parsed?.cluster ?? '',
    user: parsed?.user ?? '',
    namespace: parsed?.namespace ?? '',
    trouble,
  };
}

function nameOf(raw: unknown): string | null {
  const name = own(raw, 'name');
  return typeof name === 'string' && name !== '' ? name : null;
}

/**
 * What the library gets, a copy with nothing else of the file in it, and the first field whose type is not what kubectl
 * takes. An absent body is an empty one, as in kubectl.
 */
function readFields(
  body: unknown,
  what: string,
  rules: ReadonlyMap<string, FieldRule>,
): { readonly library: Record<string, unknown>; readonly trouble: string | null } {
  const library: Record<string, unknown> = {};
  if (body === undefined || body === null) return { library, trouble: null };
  if (!isRecord(body)) return { library, trouble: `${what} is ${typeName(body)}, not a map` };
  let trouble: string | null = null;
  for (const key of Object.keys(body)) {
    const rule = rules.get(key);
    const value = body[key];
    if (!rule || value === null || value === undefined) continue;
    if (typeof value !== rule.type)
      trouble ??= `${key} is ${typeName(value)}, not ${rule.type === 'string' ? 'a text; put it in quotes' : 'true or false'}`;
    else if (rule.library) library[key] = value;
  }
  return { library, trouble };
}

const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

function badBase64(body: unknown, keys: readonly string[]): string | null {
  for (const key of keys) {
    const text = asText(body, key).replaceAll(/[\r\n]/g, '');
    if (text !== '' && (!base64.test(text) || text.length % 4 !== 0)) return `${key} is not base64`;
  }
  return null;
}

const typeName = (value: unknown): string =>
  value === null
    ? 'empty'
    : Array.isArray(value)
      ? 'a list'
      : typeof value === 'object'
        ? 'a map'
        : typeof value === 'string'
          ? 'a text'
          : `a ${typeof value}`;

const asText = (body: unknown, key: string): string => {
  const value = own(body, key);
  return typeof value === 'string' ? value : '';
};

const textList = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((v) => typeof v === 'string') : [];

function texts(value: unknown): Readonly<Record<string, string>> {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(entries.filter((e): e is [string, string] => typeof e[1] === 'string'));
}

function extras(value: unknown): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(Object.entries(isRecord(value) ? value : {}).map(([key, v]) => [key, textList(v)]));
}

function extension(list: unknown, name: string): unknown {
  if (!Array.isArray(list)) return undefined;
  return own(
    list.find((e: unknown) => own(e, 'name') === name),
    'extension',
  );
}

/** `clusters[3]` or `cluster "dev"`, for messages. */
export const entryLabel = (list: EntryList, raw: unknown, at: number): string => {
  const name = own(raw, 'name');
  return typeof name === 'string' && name !== '' ? `${list.slice(0, -1)} "${cell(name)}"` : `${list}[${at}]`;
};
