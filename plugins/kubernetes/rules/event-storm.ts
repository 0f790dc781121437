// Many warnings of one kind in a short time that no other rule speaks for.
import type { ClusterFacts, Fact, JoinFinding, JoinRule, MapContext } from '../../../src/plugin-api/plugin.ts';
import type { Finding } from '../../../src/plugin-api/read.ts';
import { factCount, factText } from '../facts.ts';
import { counted, line } from '../words.ts';

const window = 10 * 60_000;

/** So many warnings of one reason in one namespace within the window are a storm: two a minute. */
const storm = 20;

/** Reasons that other rules explain better, from the state of the objects themselves. */
const explained: ReadonlySet<string> = new Set([
  'BackOff',
  'CrashLoopBackOff',
  'Failed',
  'FailedScheduling',
  'FailedCreate',
  'FailedMount',
  'FailedAttachVolume',
  'Unhealthy',
  'ProbeWarning',
  'ProvisioningFailed',
  'ErrImageNeverPull',
  'InspectFailed',
  'InvalidImageName',
  'NodeNotReady',
  'OOMKilling',
  'SystemOOM',
  'BackoffLimitExceeded',
  'DeadlineExceeded',
]);

/**
 * How many of an event's repeats fell into the window. An event keeps its first and last time and a count; between
 * them the repeats are taken as evenly spread.
 */
export function recent(event: Fact, now: number): number {
  const last = factCount(event, 'last');
  const begin = now - window;
  if (last <= begin) return 0;
  const first = factCount(event, 'first');
  const count = factCount(event, 'count');
  if (first >= begin || last <= first) return count;
  return Math.max(1, (count * (last - begin)) / (last - first));
}

export const eventStorm: JoinRule = {
  id: 'event-storm',
  over: ['events'],
  find(cluster: ClusterFacts, context: MapContext): readonly JoinFinding[] {
    const groups = new Map<string, { n: number; readonly events: Fact[] }>();
    for (const event of cluster.all('events')) {
      const reason = factText(event, 'reason');
      if (reason === '' || explained.has(reason)) continue;
      const n = recent(event, context.now);
      if (n === 0) continue;
      const key = `${event.namespace}/${reason}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { n, events: [event] });
      else {
        group.n += n;
        group.events.push(event);
      }
    }
    return [...groups.values()].flatMap(({ n, events }) => {
      if (n < storm) return [];
      // The oldest event stands for all, so that the problem stays the same one while new events come.
      const oldest = events.reduce((a, b) => (factCount(a, 'first') <= factCount(b, 'first') ? a : b));
      return [{ about: oldest, finding: stormFinding(Math.round(n), events) }];
    });
  },
};

function stormFinding(n: number, events: readonly Fact[]): Finding {
  const youngest = events.reduce((a, b) => (factCount(a, 'last') >= factCount(b, 'last') ? a : b));
  const reason = factText(youngest, 'reason');
  const last = factCount(youngest, 'last');
  return {
    rule: 'event-storm',
    severity: 'warn',
    title: 'Warnings',
    message: line(`${reason} ×${n} in 10 min: ${factText(youngest, 'message')}`, 90),
    cause: reason,
    since: Math.min(...events.map((event) => factCount(event, 'first'))),
    until: last + window,
    evidence: [
      `${counted(n, 'warning')} about ${counted(events.length, 'object')} in 10 minutes`,
      ...events
        .toSorted((a, b) => factCount(b, 'last') - factCount(a, 'last'))
        .slice(0, 5)
        .map((event) =>
          line(`${factText(event, 'kind')} ${factText(event, 'name')}: ${factText(event, 'message')}`, 300),
        ),
    ],
  };
}
