// Triage on two real clusters: everything that can be provoked there is provoked, is found with its cause, and is gone
// when it is mended; what only looks like it stays silent.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { triage, type TriageItem } from '../../src/cli/triage.ts';
import { everything } from '../../src/core/query.ts';
import { controlPlaneAvailability } from './availability.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { captureOutput } from './support/captured-output.ts';
import { clusterTroubles, keepNodesApart, ownNodes } from './support/cluster-troubles.ts';
import { median } from './support/median.ts';
import { nearMisses } from './support/near-misses.ts';
import { openFleet, type TestFleet } from './support/open-fleet.ts';
import { podTroubles, urgentTroubles } from './support/pod-troubles.ts';
import { type ProblemWatch, watchProblems } from './support/problem-watch.ts';
import { watchRaw } from './support/raw-watch.ts';
import { live, type Outcome, type Trouble } from './support/trouble.ts';
import { workloadTroubles } from './support/workload-troubles.ts';
import { toolPath, toolsDir } from './tools.ts';
import { until } from './until.ts';

const here = controlPlaneAvailability();
const hasMetrics = existsSync(toolPath(toolsDir(), 'metrics-server'));
if (here.available && !hasMetrics)
  process.stderr.write('skipped: no metrics server is built: no autoscaler can scale\n');

const troubles = [...podTroubles, ...workloadTroubles, ...clusterTroubles];
/**
 * What it is promised to take from the API server's word to a row: the median is held to it. A single one may take longer
 * on a busy machine, but not so long.
 */
const promisedMs = 2_000;
const tolerableMs = 6_000;
/** The slowest needs a due minute, its grace, and a busy machine. */
const slowestMs = 420_000;

describe.skipIf(!here.available)('Triage on two real clusters', { timeout: slowestMs }, () => {
  let plane: ControlPlane;
  let fleet: TestFleet;
  let problems: ProblemWatch;
  const outcomes = new Map<string, Promise<Outcome>>();
  const figures: string[] = [];
  let quietSince: Promise<void>;

  const begin = (trouble: Trouble): Promise<Outcome> => {
    const outcome = live(trouble, (name) => plane.cluster(name), fleet, problems);
    outcomes.set(trouble.id, outcome);
    // Looked at by the test of that name; until then a failure is nobody's.
    outcome.catch(() => undefined);
    return outcome;
  };

  const expectOutcome = async (trouble: Trouble): Promise<Outcome> => {
    const outcome = await (outcomes.get(trouble.id) ?? Promise.reject(new Error('was never provoked')));
    const of = outcome.problems.map(({ ref }) => fleet.nameOf(ref.cluster));
    expect([...new Set(of)].toSorted()).toEqual(trouble.clusters.toSorted());
    for (const problem of outcome.problems) {
      const { rule, severity, title } = trouble;
      expect(problem).toMatchObject({ rule, severity, title });
      expect(problem.ref.kind).toBe(trouble.kind);
      expect(problem.ref.namespace).toBe(trouble.namespace);
      expect(problem.ref.name).toMatch(trouble.name);
      expect(problem.ref.uid).not.toBe('');
      expect(problem.message).toMatch(trouble.words);
      expect(problem.evidence).not.toEqual([]);
      if (trouble.evidence !== undefined) expect(problem.evidence.join('\n')).toMatch(multiline(trouble.evidence));
      // Written by clocks of this machine, in whole seconds.
      expect(problem.since).toBeGreaterThan(startedAt - 2_000);
      expect(problem.since).toBeLessThan(Date.now() + 2_000);
    }
    return outcome;
  };

  let startedAt = 0;
  beforeAll(async () => {
    startedAt = Date.now();
    plane = await startControlPlane({
      clusters: [
        { name: 'c1', nodes: 1 + ownNodes.length, metrics: hasMetrics },
        { name: 'c2', nodes: 1 },
      ],
    });
    await keepNodesApart(plane.cluster('c1'));
    fleet = await openFleet({ kubeconfigPath: plane.kubeconfigPath });
    problems = watchProblems(fleet);
    await fleet.settled();
  });
  afterAll(async () => {
    if (figures.length > 0) process.stderr.write(`${figures.join('\n')}\n`);
    fleet?.[Symbol.dispose]();
    await plane?.stop();
  });

  test('what is urgent is there at once, in both clusters as one row, and in JSON', async () => {
    const watches = await Promise.all(
      ['/api/v1/pods', '/api/v1/persistentvolumeclaims'].flatMap((path) =>
        plane.clusters.map(async (cluster) => ({ path, watch: await watchRaw(cluster, plane.certificates, path) })),
      ),
    );
    const all: number[] = [];
    // One after the other: each is measured alone. Fixing is left for later, so that all can be listed together.
    for (const trouble of urgentTroubles) {
      const { known, id } = trouble;
      if (known === undefined) throw new Error(`${id} cannot be measured`);
      const knew = Promise.all(
        watches.filter(({ path }) => path === known.path).map(({ watch }) => watch.first(id, known.fits, 60_000)),
      );
      await Promise.all(trouble.clusters.map((name) => trouble.provoke(plane.cluster(name))));
      const shown = await Promise.all(
        trouble.clusters.map((name) =>
          problems
            .appears(
              `${id} in ${name}`,
              ({ key, row }) =>
                key.startsWith(`${trouble.rule}|${trouble.namespace}|`) && row.clusters.includes(fleet.id(name)),
              trouble.withinMs,
            )
            .then(() => Date.now()),
        ),
      );
      const delays = (await knew).map((at, i) => (shown[i] ?? Number.NaN) - at);
      figures.push(`${id}: in Triage ${delays.join(' and ')} ms after the API server knew (promised: ${promisedMs})`);
      for (const delay of delays) expect(delay).toBeLessThan(tolerableMs);
      all.push(...delays);
    }
    figures.push(`in Triage ${median(all)} ms after the API server knew, median of ${all.length}`);
    expect(median(all)).toBeLessThanOrEqual(promisedMs);
    for (const { watch } of watches) watch[Symbol.dispose]();

    // A container that was started again for the first time is no loop while it runs: asked until all five are there.
    const items = await until('all of it in JSON', async () => {
      const output = captureOutput();
      const code = await triage(fleet.engine, output, { scope: everything, timeoutMs: 10_000, format: 'json' });
      expect(code).toBe(0);
      const said = JSON.parse(output.lines.join('\n')) as { items: TriageItem[] };
      const isThere = ({ rule, namespace, clusters }: Trouble): boolean =>
        said.items.some(
          (item) =>
            item.rule === rule &&
            item.namespace === namespace &&
            clusters.every((name) => item.targets.some(({ cluster }) => cluster === name)),
        );
      return urgentTroubles.every(isThere) ? said.items : null;
    });
    for (const trouble of urgentTroubles) {
      const own = items.filter((item) => item.rule === trouble.rule && item.namespace === trouble.namespace);
      expect(own).toHaveLength(1);
      expect(own[0]?.targets).toHaveLength(trouble.clusters.length);
      expect(own[0]?.message).toMatch(trouble.words);
    }
  });

  test('everything else goes wrong as well, all at once', async () => {
    quietSince = Promise.all(
      nearMisses.map(async (miss) => {
        const cluster = plane.cluster('c1');
        await cluster.namespace(miss.namespace);
        await cluster.apply(miss.objects(cluster));
        await miss.afterwards?.(cluster);
      }),
    ).then(() => undefined);
    quietSince.catch(() => undefined);
    // What is urgent is there already: provoking it again changes nothing.
    for (const trouble of urgentTroubles) void begin(trouble);
    for (const trouble of troubles) if (hasMetrics || trouble.rule !== 'hpa-at-max') void begin(trouble);
    await quietSince;
  });

  test.each(urgentTroubles)('$id is named and clears when it is mended', async (trouble) => {
    const outcome = await expectOutcome(trouble);
    expect(outcome.sighting.row.clusters).toHaveLength(2);
  });

  test.for(troubles)('$id is found and clears when it is mended', async (trouble, { skip }) => {
    skip(trouble.rule === 'hpa-at-max' && !hasMetrics, 'no metrics server is built: no autoscaler can scale');
    const { appearedMs, clearedMs } = await expectOutcome(trouble);
    figures.push(`${trouble.id}: found after ${seconds(appearedMs)}, gone ${seconds(clearedMs)} after it was mended`);
  });

  test.for(nearMisses)('$id is no problem ($rule)', async (miss, { skip }) => {
    skip(miss.rule === 'hpa-at-max' && !hasMetrics, 'no metrics server is built: no autoscaler can scale');
    await quietSince;
    const [table, name] = miss.seen;
    using rows = fleet.table(table);
    await until(`${miss.id} to be read`, () =>
      rows.rows.some((row) => row.namespace === miss.namespace && (name.test(row.name) || rowSays(row.cells, name))),
    );
    expect(problems.ever.filter(({ namespace }) => namespace === miss.namespace).map(({ key }) => key)).toEqual([]);
  });

  test('when all is mended nothing is left, and nothing was read in a second-best way', async () => {
    await Promise.allSettled(outcomes.values());
    const left = await until('an empty Triage', () => (problems.now.length === 0 ? [] : null), {
      timeoutMs: 30_000,
    }).catch(() => problems.now.map(({ key }) => key));
    expect(left).toEqual([]);
    expect(problems.ever.map(({ key }) => key).filter((key) => /c1-node-3/.test(key))).toEqual([]);
    expect(Object.fromEntries(fleet.fallbacks)).toEqual({});
  });
});

const multiline = (pattern: RegExp): RegExp => new RegExp(pattern.source, 'm');
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
const rowSays = (cells: readonly unknown[], name: RegExp): boolean =>
  cells.some((cell) => typeof cell === 'string' && name.test(cell));
