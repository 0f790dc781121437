// Volume claims that do not get a volume, with the reason that the provisioner or the API gives.
import type { ClusterFacts, Fact, JoinFinding, JoinRule } from '../../../src/plugin-api/plugin.ts';
import type { Finding } from '../../../src/plugin-api/read.ts';
import { factFlag, factList, factNumber, factText } from '../facts.ts';
import { causeOf, counted, line, quoted } from '../words.ts';

/** A provisioner gets this long while it says nothing. */
const silentGrace = 60_000;

/**
 * Claims that are pending or have lost their volume. A class that waits for its first pod makes a pending claim normal
 * until some pod wants it.
 */
export const claimPending: JoinRule = {
  id: 'claim-pending',
  over: ['persistentvolumeclaims', 'storageclasses.storage.k8s.io', 'pods', 'events'],
  find(cluster: ClusterFacts): readonly JoinFinding[] {
    const waiting = [...cluster.all('persistentvolumeclaims')].filter((claim) => factText(claim, 'phase') !== '');
    if (waiting.length === 0) return [];
    const classes = new Map([...cluster.all('storageclasses.storage.k8s.io')].map((c) => [c.name, c]));
    const wanted = wantedClaims(cluster);
    const said = lastWords(cluster);
    return waiting.flatMap((about) => {
      const finding =
        factText(about, 'phase') === 'Lost'
          ? lost(about)
          : pending(about, { cluster, classes, said, pods: wanted.get(`${about.namespace}/${about.name}`) ?? [] });
      return finding === undefined ? [] : [{ about, finding }];
    });
  },
};

/** Pods that are not running yet, by the claims they mount. */
function wantedClaims(cluster: ClusterFacts): ReadonlyMap<string, readonly Fact[]> {
  const wanted = new Map<string, Fact[]>();
  for (const pod of cluster.all('pods')) {
    for (const claim of factList(pod, 'claims')) {
      const key = `${pod.namespace}/${String(claim)}`;
      const pods = wanted.get(key);
      if (pods === undefined) wanted.set(key, [pod]);
      else pods.push(pod);
    }
  }
  return wanted;
}

/** The youngest warning about each claim, by the claim's uid. */
function lastWords(cluster: ClusterFacts): ReadonlyMap<string, Fact> {
  const said = new Map<string, Fact>();
  for (const event of cluster.all('events')) {
    if (factText(event, 'kind') !== 'PersistentVolumeClaim') continue;
    const uid = factText(event, 'uid');
    const other = said.get(uid);
    if (other === undefined || (factNumber(other, 'last') ?? 0) < (factNumber(event, 'last') ?? 0))
      said.set(uid, event);
  }
  return said;
}

const lost = (about: Fact): Finding => ({
  rule: 'claim-pending',
  severity: 'fail',
  title: 'Volume lost',
  message: line(`volume ${factText(about, 'volume')} is gone`, 80),
  cause: 'lost',
  since: about.created,
  evidence: [`phase Lost: the claim names volume ${factText(about, 'volume')}, which does not exist`],
});

type Around = {
  readonly cluster: ClusterFacts;
  readonly classes: ReadonlyMap<string, Fact>;
  readonly said: ReadonlyMap<string, Fact>;
  /** Pods that wait for the claim. */
  readonly pods: readonly Fact[];
};

function pending(about: Fact, around: Around): Finding | undefined {
  const event = around.said.get(about.uid);
  const reason = event === undefined ? stateReason(about, around) : eventReason(event);
  const begin = reason === undefined ? waitingSince(about, around) : about.created;
  if (begin === undefined) return undefined;
  const isWanted = around.pods.length > 0;
  return {
    rule: 'claim-pending',
    severity: isWanted || reason !== undefined ? 'fail' : 'warn',
    title: 'Volume claim',
    message: reason?.message ?? `no volume yet${className(about)}`,
    cause: reason?.cause ?? `pending ${factText(about, 'class')}`,
    since: begin,
    ...(reason === undefined ? { activeAt: begin + silentGrace } : {}),
    evidence: [
      ...(event === undefined ? [] : [line(quoted(factText(event, 'reason'), factText(event, 'message')), 400)]),
      ...(reason !== undefined && event === undefined ? [reason.message] : []),
      `phase Pending${className(about)}`,
      ...(isWanted ? [waitingPods(around.pods)] : []),
    ],
  };
}

const waitingPods = (pods: readonly Fact[]): string => {
  const names = pods.slice(0, 5).map((pod) => pod.name);
  return `${counted(pods.length, 'pod waits', 'pods wait')} for it: ${names.join(', ')}`;
};

/**
 * From when a claim of which nobody says anything should have had a volume; undefined while waiting is by design. A
 * class that binds at the first pod waits for one that wants the claim and is not held up by something else.
 */
function waitingSince(about: Fact, around: Around): number | undefined {
  // Unknown classes: what waits by design cannot be told from what is stuck.
  if (!around.cluster.isComplete('storageclasses.storage.k8s.io')) return undefined;
  const storageClass = classOf(about, around.classes);
  if (storageClass === undefined || !factFlag(storageClass, 'waits')) return about.created;
  const free = around.pods.filter((pod) => factText(pod, 'problem') === '' || factText(about, 'selectedNode') !== '');
  if (free.length === 0) return undefined;
  return Math.max(about.created, Math.min(...free.map((pod) => pod.created)));
}

const className = (about: Fact): string => {
  const name = factText(about, 'class');
  return name === '' ? '' : `, class ${name}`;
};

type Reason = { readonly message: string; readonly cause: string };

/** What can be told without a word from anybody: the class is not there, or none is named and there is no default. */
function stateReason(about: Fact, around: Around): Reason | undefined {
  if (!around.cluster.isComplete('storageclasses.storage.k8s.io')) return undefined;
  const name = about.facts['class'];
  if (name === undefined) {
    const hasDefault = [...around.classes.values()].some((c) => factFlag(c, 'isDefault'));
    return hasDefault ? undefined : { message: 'no storage class named, and no default', cause: 'no default class' };
  }
  // An empty name asks for a volume that somebody makes by hand; a class of that name may also exist in volumes alone.
  if (name === '' || around.classes.has(String(name)) || factText(about, 'volume') !== '') return undefined;
  return { message: `storage class ${String(name)} does not exist`, cause: `class ${String(name)} missing` };
}

const classOf = (about: Fact, classes: ReadonlyMap<string, Fact>): Fact | undefined => {
  const name = about.facts['class'];
  return name === undefined ? [...classes.values()].find((c) => factFlag(c, 'isDefault')) : classes.get(String(name));
};

const missingClass = /storageclass\.storage\.k8s\.io "([^"]+)" not found/;

function eventReason(event: Fact): Reason {
  const message = factText(event, 'message');
  const missing = missingClass.exec(message);
  if (missing !== null) {
    return { message: `storage class ${missing[1] ?? ''} does not exist`, cause: `class ${missing[1] ?? ''} missing` };
  }
  const short = line(message.replace(/^failed to provision volume with StorageClass "[^"]*":\s*/, ''), 90);
  return { message: short || factText(event, 'reason'), cause: causeOf(`${factText(event, 'reason')} ${short}`) };
}
