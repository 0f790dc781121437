// What a cluster is called, what it is for, and its colour.
import type { ClusterRole } from '../../core/cluster.ts';

const roles: readonly ClusterRole[] = ['iterate', 'build', 'view', 'run', 'full', 'mixed'];
const synonyms: Readonly<Record<string, ClusterRole>> = {
  dev: 'iterate',
  develop: 'iterate',
  development: 'iterate',
  sandbox: 'iterate',
  ci: 'build',
  builder: 'build',
  prod: 'run',
  production: 'run',
  stage: 'run',
  staging: 'run',
  edge: 'run',
  mgmt: 'view',
  monitoring: 'view',
};

export const isRole = (text: string): text is ClusterRole => roles.some((role) => role === text);

/** The role that a word in the name tells (`run-eu-1`, `acme.build.example`); unknown when none does. */
export function roleOfName(name: string): ClusterRole {
  const words = name.toLowerCase().split(/[^a-z]+/);
  for (const word of words) if (isRole(word)) return word;
  for (const word of words) {
    const role = synonyms[word];
    if (role !== undefined) return role;
  }
  return 'unknown';
}

/** Label of the kube-system namespace by which a cluster says what it is for. */
export const roleLabel = 'flagbridge.io/role';

const hues = 12;

/** FNV-1a, so that a cluster's colour is the same in every terminal. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Hue of a cluster: by its uid, the next free one on a clash; a 13th cluster shares. */
export function hueOf(uid: string, taken: ReadonlySet<number>): number {
  const wanted = hash(uid) % hues;
  for (let i = 0; i < hues; i++) if (!taken.has((wanted + i) % hues)) return (wanted + i) % hues;
  return wanted;
}
