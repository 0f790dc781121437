// What is wrong with certificates: not ready, not renewed in time; with the reason from the request, the order or the
// challenge that hangs.
import type { ClusterFacts, Fact, JoinFinding, JoinRule, MapContext } from '../../src/plugin-api/plugin.ts';
import { at, type Finding, field, items, type KubeObject, textOf, time, timeOf } from '../../src/plugin-api/read.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** From here on a certificate that was not renewed is looked at, and from here on it is urgent. */
const warnBefore = 14 * day;
const failBefore = 3 * day;

/** Issuing takes a while, DNS-01 longest. */
const issueGrace = 10 * minute;

const factText = (fact: Fact, key: string): string => textOf(field(fact.facts, key));
const factNumber = (fact: Fact, key: string): number | undefined => {
  const value = field(fact.facts, key);
  return typeof value === 'number' ? value : undefined;
};

const resources = {
  certificates: 'certificates.cert-manager.io',
  issuers: 'issuers.cert-manager.io',
  clusterIssuers: 'clusterissuers.cert-manager.io',
  requests: 'certificaterequests.cert-manager.io',
  orders: 'orders.acme.cert-manager.io',
  challenges: 'challenges.acme.cert-manager.io',
} as const;

type Reason = { readonly words: string; readonly cause: string; readonly evidence: readonly string[] };

export const certificateRule: JoinRule = {
  id: 'certificates',
  over: Object.values(resources),
  find(cluster: ClusterFacts, context: MapContext): readonly JoinFinding[] {
    const found: JoinFinding[] = [];
    let reasons: ReadonlyMap<string, Reason> | undefined;
    for (const about of cluster.all(resources.certificates)) {
      if (about.facts['over'] === true) continue;
      const notReady = factText(about, 'ready') === 'False';
      if (!notReady && factNumber(about, 'expires') === undefined) continue;
      reasons ??= readReasons(cluster);
      const reason = reasons.get(about.uid) ?? issuerReason(about, cluster) ?? ownReason(about);
      if (notReady) found.push({ about, finding: notReadyFinding(about, reason, context.now) });
      found.push(...expiryFindings(about, reason).map((finding) => ({ about, finding })));
    }
    return found;
  },
};

/** Why a certificate's youngest request does not come to an end, by the certificate's uid; challenges say it best. */
function readReasons(cluster: ClusterFacts): ReadonlyMap<string, Reason> {
  const reasons = new Map<string, Reason>();
  const ages = new Map<string, number>();
  const take = (certificate: string | undefined, rank: number, made: number, reason: Reason): void => {
    if (certificate === undefined || certificate === '') return;
    const age = rank * 1e15 + made;
    if ((ages.get(certificate) ?? -1) > age) return;
    ages.set(certificate, age);
    reasons.set(certificate, reason);
  };
  const ofRequest = (uid: string): string | undefined => cluster.byUid(resources.requests, uid)?.owner;
  const ofOrder = (uid: string): string | undefined => ofRequest(cluster.byUid(resources.orders, uid)?.owner ?? '');
  for (const request of cluster.all(resources.requests)) {
    const reason = factText(request, 'reason');
    const message = factText(request, 'message');
    if (reason !== 'Failed' && reason !== 'Denied') continue;
    const words = reason === 'Denied' ? 'request denied' : 'request failed';
    take(request.owner, 0, request.created, {
      words: short(`${words}: ${message}`),
      cause: words,
      evidence: [`request ${request.name} ${reason}: ${message}`],
    });
  }
  for (const order of cluster.all(resources.orders)) {
    const state = factText(order, 'state');
    if (state !== 'invalid' && state !== 'errored' && state !== 'expired') continue;
    take(ofRequest(order.owner), 1, order.created, {
      words: `order is ${state}`,
      cause: `order ${state}`,
      evidence: [`order ${order.name} is ${state}: ${factText(order, 'message')}`],
    });
  }
  for (const challenge of cluster.all(resources.challenges)) {
    const state = factText(challenge, 'state');
    const message = factText(challenge, 'message');
    if (state === 'valid' || message === '') continue;
    const type = factText(challenge, 'type') || 'ACME';
    take(ofOrder(challenge.owner), 2, challenge.created, {
      words: `${type} check fails for ${factText(challenge, 'domain')}`,
      cause: `${type} check fails`,
      evidence: [`challenge ${challenge.name} is ${state || 'new'}: ${message}`],
    });
  }
  return reasons;
}

function issuerReason(about: Fact, cluster: ClusterFacts): Reason | undefined {
  const wanted = factText(about, 'issuer');
  const resource = wanted.startsWith('ClusterIssuer ') ? resources.clusterIssuers : resources.issuers;
  for (const issuer of cluster.all(resource)) {
    if (issuer.facts['down'] !== true || factText(issuer, 'issuer') !== wanted) continue;
    if (issuer.namespace !== '' && issuer.namespace !== about.namespace) continue;
    return { words: `${wanted} is not ready`, cause: 'issuer not ready', evidence: [`${wanted} is not ready`] };
  }
  return undefined;
}

function ownReason(about: Fact): Reason | undefined {
  const failure = factText(about, 'failure');
  return failure === ''
    ? undefined
    : { words: short(failure), cause: 'issuing failed', evidence: [`Issuing Failed: ${failure}`] };
}

/**
 * A certificate that is not ready. One that is being issued for the first time, or again, has its time; one of which
 * issuing has failed has none. While an older one is still valid, nobody is cut off yet.
 */
function notReadyFinding(about: Fact, reason: Reason | undefined, now: number): Finding {
  const since = factNumber(about, 'since') ?? about.created;
  const expires = factNumber(about, 'expires');
  const hasFailed = about.facts['failed'] === true || reason?.cause.startsWith('request') === true;
  const state = factText(about, 'reason');
  return {
    rule: 'certificate-not-ready',
    severity: expires !== undefined && expires > now ? 'warn' : 'fail',
    title: 'Certificate',
    message: reason?.words ?? short(factText(about, 'message') || state || 'not ready'),
    cause: reason?.cause ?? state,
    since,
    ...(hasFailed ? {} : { activeAt: since + issueGrace }),
    evidence: [`Ready=False ${state}: ${factText(about, 'message')}`, ...(reason?.evidence ?? []), ...tries(about)],
  };
}

const tries = (about: Fact): readonly string[] => {
  const n = factNumber(about, 'tries');
  return n === undefined ? [] : [`${n} failed ${n === 1 ? 'try' : 'tries'}`];
};

/**
 * A certificate that should have been renewed and was not. Short-lived ones are always near their end: what counts is
 * that the time of renewal has passed, with a quarter of what is left as grace (an hour at most). It is announced
 * before, and gone when a renewal moves the dates.
 */
function expiryFindings(about: Fact, reason: Reason | undefined): readonly Finding[] {
  const expires = factNumber(about, 'expires');
  if (expires === undefined) return [];
  const begins = factNumber(about, 'begins') ?? about.created;
  const due = factNumber(about, 'renews') ?? expires - Math.min(warnBefore, (expires - begins) / 3);
  const late = due + Math.min(hour, Math.max(0, expires - due) / 4);
  const warnAt = Math.max(expires - warnBefore, late);
  const failAt = Math.max(expires - failBefore, late);
  const since = Math.max(due, factNumber(about, 'failedAt') ?? 0);
  const date = new Date(expires).toISOString().slice(0, 16).replace('T', ' ');
  const base = {
    title: 'Cert expires',
    message: `ends ${date}Z; ${reason?.words ?? 'not renewed in time'}`,
    cause: reason?.cause ?? 'not renewed',
    since,
    evidence: [
      `valid until ${new Date(expires).toISOString()}, renewal was due ${new Date(due).toISOString()}`,
      ...(reason?.evidence ?? []),
      ...tries(about),
    ],
  };
  const urgent: Finding = { ...base, rule: 'certificate-expires-soon', severity: 'fail', activeAt: failAt };
  if (warnAt >= failAt) return [urgent];
  return [{ ...base, rule: 'certificate-expires', severity: 'warn', activeAt: warnAt, until: failAt }, urgent];
}

const short = (message: string): string => {
  const first = message.split(/[\r\n]/)[0]?.trim() ?? '';
  return first.length <= 90 ? first : `${first.slice(0, 89).trimEnd()}…`;
};

/** An issuer that is not ready: nothing can be issued or renewed through it. */
export function issuerFindings(issuer: KubeObject): readonly Finding[] {
  const ready = items(at(issuer, 'status', 'conditions')).find((c) => field(c, 'type') === 'Ready');
  if (ready === undefined || field(ready, 'status') === 'True') return [];
  if (time(issuer, 'metadata', 'deletionTimestamp') !== undefined) return [];
  const reason = textOf(field(ready, 'reason'));
  const message = textOf(field(ready, 'message'));
  const since = timeOf(field(ready, 'lastTransitionTime')) ?? time(issuer, 'metadata', 'creationTimestamp') ?? 0;
  return [
    {
      rule: 'issuer-not-ready',
      severity: 'warn',
      title: 'Issuer',
      message: short(message || reason || 'not ready'),
      cause: reason,
      since,
      activeAt: since + minute,
      evidence: [`Ready=${textOf(field(ready, 'status'))} ${reason}: ${message}`],
    },
  ];
}
