// What is known of one cluster's connection. Every cluster is its own failure domain; these are the words of it.
import { plural } from './format.ts';
import type { ClusterId } from './ids.ts';

/** What a cluster is used for; guessed from its name, labels and systems, or said in the config. */
export type ClusterRole = 'iterate' | 'build' | 'view' | 'run' | 'full' | 'mixed' | 'unknown';

const roleOrder: readonly string[] = ['iterate', 'build', 'view', 'run', 'full', 'mixed', 'unknown'];
const byText = new Intl.Collator('en', { numeric: true });

/**
 * The one order of clusters, wherever several are named: role, then name. Never by state, so that the eye finds a cluster
 * where it was.
 */
export const fleetOrder = (
  a: { readonly role: string; readonly name: string },
  b: { readonly role: string; readonly name: string },
): number => roleOrder.indexOf(a.role) - roleOrder.indexOf(b.role) || byText.compare(a.name, b.name);

/** The connection of one cluster. All times are milliseconds since the epoch. */
export type ClusterPhase =
  | { readonly phase: 'parked' }
  | { readonly phase: 'connecting'; readonly since: number; readonly doing: string }
  | { readonly phase: 'live'; readonly since: number }
  /** Was live and has not been heard from since `lastHeard`; rows stay, marked. */
  | { readonly phase: 'stale'; readonly lastHeard: number; readonly reason: string; readonly nextTryAt: number | null }
  /** Connected, but nothing of what is watched may be read; `what` names the rules that are missing. */
  | { readonly phase: 'denied'; readonly what: readonly string[]; readonly since: number }
  /** Credentials are refused or a credential plugin failed; `command` is what heals it, when it is known. */
  | { readonly phase: 'login'; readonly message: string; readonly command: string | null; readonly since: number }
  | { readonly phase: 'offline'; readonly reason: string; readonly since: number; readonly nextTryAt: number | null };

/** One kind of one cluster that could not be read, with the exact rule that is missing. */
export type Denial = {
  readonly resource: string;
  readonly namespace: string;
  readonly verb: string;
  readonly rule: string;
};

/** What the server says that may be done. `unknown` is not `no`: it will not say, or cannot. */
export type Right = { readonly rule: string; readonly verdict: 'yes' | 'no' | 'unknown' };

/** Who the server takes us for, and what that one may do beyond what was read already. Sanitised. */
export type ClusterRights = {
  /** Null where the server will not say. */
  readonly user: string | null;
  readonly groups: readonly string[];
  readonly rights: readonly Right[];
};

/** A cluster as the screen shows it. Every text is already sanitised. */
export type ClusterSummary = {
  readonly id: ClusterId;
  readonly name: string;
  readonly role: ClusterRole;
  readonly state: ClusterPhase;
  /** Index 0–11 into the theme's hues. */
  readonly hue: number;
  readonly protected: boolean;
  readonly server: string;
  /** The active context, and the others that reach the same cluster. */
  readonly identity: string;
  readonly otherIdentities: readonly string[];
  readonly defaultNamespace: string;
  /** Namespaces that are watched instead of all of them; empty when all are. */
  readonly namespaces: readonly string[];
  readonly version: string | null;
  /** UID of kube-system, when it may be read. */
  readonly uid: string | null;
  readonly roundTripMs: number | null;
  /** How far this machine's clock is ahead of the server's, in milliseconds, right to a second; null: not known. */
  readonly skewMs: number | null;
  readonly insecure: boolean;
  readonly nodes: { readonly ready: number; readonly total: number } | null;
  readonly pods: number | null;
  /** Problems of severity fail and warn. */
  readonly problems: { readonly fail: number; readonly warn: number };
  readonly watches: { readonly synced: number; readonly wanted: number };
  readonly denied: readonly Denial[];
  readonly lastHeard: number | null;
};

/** How much of the fleet a statement is about. Parked clusters are not part of `wanted`, they are counted apart. */
export type Coverage = {
  readonly live: number;
  readonly wanted: number;
  readonly parked: number;
  /** Distinct kinds that some live cluster denies. */
  readonly deniedKinds: readonly string[];
  /** Set when only these namespaces are watched somewhere. */
  readonly namespaces: readonly string[];
  /** Kinds that are still in their first sync somewhere. */
  readonly syncing: number;
};

/** All-clear may be said only when this holds. */
export const isFull = (c: Coverage): boolean =>
  c.wanted > 0 &&
  c.live === c.wanted &&
  c.parked === 0 &&
  c.deniedKinds.length === 0 &&
  c.namespaces.length === 0 &&
  c.syncing === 0;

/** What was not read of the clusters that answered, in words: why an all-clear cannot be said of them either. */
export const gapWords = ({ deniedKinds, namespaces, syncing }: Coverage): readonly string[] => [
  ...(deniedKinds.length > 0 ? [`not readable: ${deniedKinds.join(', ')}`] : []),
  ...(namespaces.length > 0 ? [`only ns ${namespaces.join(', ')}`] : []),
  ...(syncing > 0 ? [`${plural(syncing, 'kind')} still syncing`] : []),
];
