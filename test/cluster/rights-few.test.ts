// People with few rights on real clusters: what they may see works, what is missing is named with its rule, and nobody is
// told that all is well.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { triage } from '../../src/cli/triage.ts';
import { isFull } from '../../src/core/cluster.ts';
import { everything } from '../../src/core/query.ts';
import type { DocumentView } from '../../src/protocol/messages.ts';
import { controlPlaneAvailability } from './availability.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { captureOutput } from './support/captured-output.ts';
import { readLogs } from './support/log-view.ts';
import { deployment, pod } from './support/objects.ts';
import { openFleet, type OpenFleetOptions, type TestFleet } from './support/open-fleet.ts';
import { watchProblems } from './support/problem-watch.ts';
import { until } from './until.ts';
import { onlyNamespace } from './users.ts';

const here = controlPlaneAvailability();

describe.skipIf(!here.available)('people with few rights', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    const users = ['getter', 'no-logs', 'project-lead'].map((name) => ({ name, token: `${name}-token` }));
    plane = await startControlPlane({ clusters: [{ name: 'c1' }, { name: 'c2' }], nodes: 1, users });
    for (const cluster of plane.clusters) {
      await cluster.namespace('other');
      await cluster.apply([
        deployment(onlyNamespace, 'broken', { image: 'broken/missing:1' }),
        deployment('other', 'broken', { image: 'broken/missing:1' }),
        pod(onlyNamespace, 'mine', { image: 'mine:1' }),
        pod('other', 'theirs', { image: 'theirs:1' }),
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 'keys', namespace: onlyNamespace },
          stringData: { a: 'b' },
        },
      ]);
      const one = { apiGroups: [''], resources: ['pods'] };
      await cluster.grant('getter', { role: [{ ...one, verbs: ['get'] }], namespace: onlyNamespace });
      await cluster.grant('no-logs', { role: [{ ...one, verbs: ['get', 'list', 'watch'] }] });
      await cluster.grant('project-lead', { role: 'view', namespace: onlyNamespace });
      await until(`a bad image on ${cluster.name}`, async () => {
        const list = (await cluster.api.get(`/api/v1/namespaces/${onlyNamespace}/pods`)) as {
          items: { status: { containerStatuses?: { state?: { waiting?: { reason: string } } }[] } }[];
        };
        return list.items.some((each) => /Pull/.test(each.status.containerStatuses?.[0]?.state?.waiting?.reason ?? ''));
      });
    }
  });
  afterAll(() => plane?.stop());

  const open = async (
    user: string,
    namespace?: string,
    settings?: OpenFleetOptions['settings'],
  ): Promise<TestFleet> => {
    const fleet = await openFleet({
      kubeconfigPath: plane.kubeconfigFor(user, namespace),
      ...(settings === undefined ? {} : { settings }),
    });
    await fleet.settled();
    return fleet;
  };
  const rulesOf = (fleet: TestFleet, cluster: string): readonly string[] =>
    fleet.cluster(cluster).denied.map(({ rule }) => rule);
  const podsOf = async (fleet: TestFleet, ...wanted: readonly string[]): Promise<readonly string[]> => {
    using table = fleet.table('pods');
    const names = (): string[] => table.rows.map((row) => `${row.namespace}/${row.name}`);
    await until(`the rows of ${wanted.join(', ')}`, () => wanted.every((name) => names().includes(name)));
    return names();
  };

  test('who reads everything but Secrets has full coverage, and is told the rule for Secrets', async () => {
    using fleet = await open('viewer');
    expect(rulesOf(fleet, 'c1')).toEqual([]);
    expect(isFull(fleet.engine.fleet?.coverage ?? expect.fail('no fleet'))).toBe(true);
    expect(await podsOf(fleet, `${onlyNamespace}/mine`, 'other/theirs')).toHaveLength(8);

    using secrets = fleet.table('secrets');
    await until('the denial', () => secrets.window?.state.state === 'denied');
    expect(secrets.window?.state).toEqual({
      state: 'denied',
      rules: expect.arrayContaining([
        expect.stringMatching(/^list secrets (at the cluster scope|in namespace default) in c1$/),
      ]),
    });
    expect(secrets.rows).toEqual([]);
  });

  test('who may read one namespace sees it, and every rule that is missing is named', async () => {
    using fleet = await open('ns-only', onlyNamespace);
    const names = await podsOf(fleet, `${onlyNamespace}/mine`);
    expect(names.filter((name) => !name.startsWith(`${onlyNamespace}/`))).toEqual([]);
    for (const cluster of ['c1', 'c2']) {
      expect(fleet.cluster(cluster).state.phase).toBe('live');
      expect(fleet.cluster(cluster).namespaces).toEqual([onlyNamespace]);
      const rules = rulesOf(fleet, cluster);
      expect(rules).toContain('list nodes at the cluster scope');
      expect(rules).toContain('list validatingwebhookconfigurations.admissionregistration.k8s.io at the cluster scope');
      // What is read in the namespace is not missed at the cluster scope.
      expect(rules.filter((rule) => /pods|deployments|events|jobs/.test(rule))).toEqual([]);
      expect(rules.filter((rule) => !rule.startsWith('list '))).toEqual([]);
    }
    const coverage = fleet.engine.fleet?.coverage ?? expect.fail('no fleet');
    expect(coverage.namespaces).toEqual([onlyNamespace]);
    expect(coverage.deniedKinds).toContain('nodes');
    expect(coverage.deniedKinds).not.toContain('pods');
    expect(isFull(coverage)).toBe(false);

    using problems = watchProblems(fleet);
    const sighting = await problems.appears('the bad image', ({ rule }) => rule === 'image-pull', 20_000);
    expect(sighting.namespace).toBe(onlyNamespace);
    expect(sighting.row.clusters).toHaveLength(2);
    expect(problems.ever.filter(({ namespace }) => namespace === 'other')).toEqual([]);

    // It streams: what comes later is a row as well.
    await plane.cluster('c2').apply([pod(onlyNamespace, 'later', { image: 'later:1' })]);
    await podsOf(fleet, `${onlyNamespace}/later`);
  });

  test('triage says what it could not read, and that is no full answer', async () => {
    using fleet = await open('ns-only', onlyNamespace);
    const output = captureOutput();
    const code = await triage(fleet.engine, output, { scope: everything, timeoutMs: 10_000, format: 'json' });
    expect(code).toBe(3);
    expect(output.notes).toContain('c1: list nodes at the cluster scope');
    // What is denied is an answer: nobody waits for it until the time is over.
    expect(output.notes.filter((note) => /no whole answer/.test(note))).toEqual([]);
    const said = JSON.parse(output.lines.join('\n')) as { coverage: { namespaces: string[]; deniedKinds: string[] } };
    expect(said.coverage.namespaces).toEqual([onlyNamespace]);
    expect(said.coverage.deniedKinds).toContain('nodes');
  });

  test('namespaces of the configuration are read where the context names another', async () => {
    using fleet = await open('project-lead', undefined, { namespaces: [onlyNamespace] });
    expect(await podsOf(fleet, `${onlyNamespace}/mine`)).not.toContain('other/theirs');
    expect(fleet.cluster('c1').namespaces).toEqual([onlyNamespace]);
    expect(rulesOf(fleet, 'c1')).toContain('list pods in namespace default');
  });

  test('a namespace that the scope names is read from then on', async () => {
    using fleet = await open('project-lead');
    expect(fleet.cluster('c1').state.phase).toBe('denied');
    fleet.engine.setScope({ clusters: [], namespaces: [onlyNamespace], filter: '' });
    expect(await podsOf(fleet, `${onlyNamespace}/mine`)).not.toContain('other/theirs');
    await fleet.phase('c1', ['live']);
  });

  test('who has no right at all is denied, told the rules, and never told that all is well', async () => {
    using fleet = await open('nobody');
    for (const cluster of ['c1', 'c2']) {
      const { state } = fleet.cluster(cluster);
      expect(state).toMatchObject({
        phase: 'denied',
        what: expect.arrayContaining(['list nodes at the cluster scope']),
      });
      expect(state).toMatchObject({ what: expect.arrayContaining([expect.stringMatching(/^list pods /)]) });
    }
    using problems = watchProblems(fleet);
    const sighting = await problems.appears('a denied cluster', ({ rule }) => rule === 'cluster-denied', 10_000);
    const [problem] = await problems.behind(sighting);
    expect(problem).toMatchObject({
      title: 'Denied',
      message: expect.stringMatching(/^you may not list .* and \d+ more$/),
    });
    expect(problem?.evidence.length).toBeGreaterThan(10);
    expect(fleet.engine.fleet?.coverage.live).toBe(0);
    expect(isFull(fleet.engine.fleet?.coverage ?? expect.fail('no fleet'))).toBe(false);

    using pods = fleet.table('pods');
    await until('the word of the empty list', () => pods.window?.state.state === 'denied');
    const output = captureOutput();
    expect(await triage(fleet.engine, output, { scope: everything, timeoutMs: 10_000, format: 'table' })).toBe(3);
    expect(output.notes.some((note) => /^c1: denied: .*list pods/.test(note))).toBe(true);
    expect(output.lines.join('\n')).not.toMatch(/^Nothing is wrong\.$/m);
  });

  test('who may get but not list sees an object that is named', async () => {
    using fleet = await open('getter', onlyNamespace);
    expect(rulesOf(fleet, 'c1').length + (fleet.cluster('c1').state.phase === 'denied' ? 1 : 0)).toBeGreaterThan(0);
    const { metadata } = (await plane.cluster('c1').api.get(`/api/v1/namespaces/${onlyNamespace}/pods/mine`)) as {
      metadata: { uid: string };
    };
    const ref = {
      cluster: fleet.id('c1'),
      type: { group: '', version: 'v1', resource: 'pods' },
      kind: 'Pod',
      namespace: onlyNamespace,
      name: 'mine',
      uid: metadata.uid,
    };
    let shown: DocumentView | null = null;
    using _document = fleet.engine.document(ref, 'yaml', (next) => {
      shown = next;
    });
    const lines = await until('its YAML', () => (shown?.state === 'shown' ? JSON.stringify(shown.lines) : null));
    expect(lines).toContain('registry.test/mine:1');

    let refused: DocumentView | null = null;
    using _other = fleet.engine.document({ ...ref, namespace: 'other', name: 'theirs' }, 'yaml', (next) => {
      refused = next;
    });
    await until('the refusal', () => refused?.state === 'failed');
    expect(refused).toMatchObject({ message: expect.stringMatching(/cannot get resource "pods"/) });
  });

  test('who may not read logs is told so, beside the pods that may be seen', async () => {
    using fleet = await open('no-logs');
    await podsOf(fleet, `${onlyNamespace}/mine`);
    using view = readLogs(fleet, { of: 'app', app: 'mine', namespace: onlyNamespace });
    const marks = await until('both denials', () => {
      const denied = view.lines.filter((line) => line.type === 'mark' && line.mark === 'denied');
      return denied.length >= 2 ? denied : null;
    });
    expect(marks.map(({ cluster }) => fleet.nameOf(cluster)).toSorted()).toEqual(['c1', 'c2']);
    for (const mark of marks) expect(mark.text).toMatch(/cannot get resource "pods\/log"/);
    expect(view.lines.filter((line) => line.type === 'line')).toEqual([]);
  });
});
