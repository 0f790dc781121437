// What we list against what kubectl lists, for every resource that the servers can list: custom ones, aggregated ones
// and those without a uid included.
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { get } from '../../src/cli/get.ts';
import { at, type KubeObject, record, text } from '../../src/core/object.ts';
import type { DocumentView, ResourceEntry } from '../../src/protocol/messages.ts';
import { controlPlaneAvailability } from './availability.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { captureOutput } from './support/captured-output.ts';
import { canonical, identity, kubectlGets, type Listable, listable } from './support/kubectl-lists.ts';
import { applyOneOfEach, home, secretValue } from './support/one-of-each.ts';
import { openFleet, type TestFleet } from './support/open-fleet.ts';
import { toolPath, toolsDir } from './tools.ts';
import { until } from './until.ts';

const here = controlPlaneAvailability();

/** Written all the time by whoever lives in the cluster: their names are compared, their contents do not hold still. */
const restless = /^(leases\.coordination\.k8s\.io|events|events\.events\.k8s\.io|.*\.metrics\.k8s\.io)$/;
/** Tables that are asked for at the same time. */
const atOnce = 8;

describe.skipIf(!here.available)('lists of two real clusters', () => {
  let plane: ControlPlane;
  let fleet: TestFleet;
  /** By cluster: what its server can list. */
  const served = new Map<string, readonly Listable[]>();
  let names: readonly string[];

  /** What kubectl lists: by resource, the objects of both clusters with the name of theirs. */
  const kubectlLists = async (
    only: readonly string[],
  ): Promise<ReadonlyMap<string, readonly (KubeObject & { cluster: string })[]>> => {
    const lists = await Promise.all(
      plane.clusters.map(async (cluster) => {
        const wanted = (served.get(cluster.name) ?? []).filter(({ name }) => only.includes(name));
        return [cluster.name, wanted.length === 0 ? new Map() : await kubectlGets(cluster, wanted)] as const;
      }),
    );
    return new Map(
      only.map((name) => [
        name,
        lists.flatMap(([cluster, of]) =>
          ((of.get(name) ?? []) as KubeObject[]).map((object) => ({ cluster, ...object })),
        ),
      ]),
    );
  };

  /** What `flagbridge get RESOURCE -A -o json` prints. */
  const weGet = async (name: string): Promise<readonly (KubeObject & { cluster: string })[]> => {
    const output = captureOutput();
    const options = { targets: [{ kind: name, names: [] }], selector: null, namespace: null, allNamespaces: true };
    const code = await get(fleet.commandCore, output, { ...options, timeoutMs: 20_000, format: 'json' });
    if (code !== 0) throw new Error(`get ${name}: exit ${code}: ${output.notes.join('; ')}`);
    return (JSON.parse(output.lines.join('\n')) as { items: (KubeObject & { cluster: string })[] }).items;
  };

  /** Compares all; what differs is looked at again for a while, because somebody may be writing just now. */
  const differences = async (
    compare: (of: readonly string[]) => Promise<readonly string[]>,
  ): Promise<readonly string[]> => {
    let left = names;
    await until(
      'the lists to agree',
      async () => {
        left = await compare(left);
        return left.length === 0;
      },
      { timeoutMs: 30_000, everyMs: 500 },
    ).catch(() => undefined);
    return left;
  };

  beforeAll(async () => {
    const metrics = existsSync(toolPath(toolsDir(), 'metrics-server'));
    plane = await startControlPlane({ clusters: [{ name: 'c1', metrics }, { name: 'c2' }], nodes: 1 });
    await Promise.all(plane.clusters.map(applyOneOfEach));
    if (metrics)
      await until('metrics of pods', () => plane.cluster('c1').kubectl('get', 'pods.metrics.k8s.io', '-n', home), {
        timeoutMs: 90_000,
        everyMs: 1_000,
      });
    for (const cluster of plane.clusters) served.set(cluster.name, await listable(cluster));
    names = [...new Set([...served.values()].flat().map(({ name }) => name))].toSorted();
    fleet = await openFleet({ kubeconfigPath: plane.kubeconfigPath });
    await fleet.settled();
  });
  afterAll(async () => {
    fleet?.[Symbol.dispose]();
    await plane?.stop();
  });

  test('every resource that kubectl can list is known to us, by the same names', async () => {
    const answer = await fleet.engine.ask({ ask: 'resources' });
    const entries = answer.ok ? (answer.value as readonly ResourceEntry[]) : [];
    const words = new Set(entries.flatMap((entry) => [entry.table, ...entry.names]));
    for (const word of [...names, 'wi', 'widget', 'ga', 'po', 'deploy']) expect(words).toContain(word);
    expect(names.length).toBeGreaterThan(50);
    process.stderr.write(`compared with kubectl: ${names.length} resources of ${plane.clusters.length} clusters\n`);
  });

  test('get -o json agrees with kubectl: cluster, namespace, name, uid, specs and labels', {
    timeout: 240_000,
  }, async () => {
    let objects = 0;
    const shape = (name: string) => (object: KubeObject & { cluster: string }) => ({
      id: identity(object.cluster, object),
      kind: text(object, 'kind'),
      apiVersion: text(object, 'apiVersion'),
      ...(restless.test(name) ? {} : { spec: at(object, 'spec'), labels: record(object, 'metadata', 'labels') }),
    });
    const byId = (a: { id: string }, b: { id: string }): number => (a.id < b.id ? -1 : 1);
    const left = await differences(async (of) => {
      const theirs = await kubectlLists(of);
      const odd: string[] = [];
      for (const name of of) {
        const ours = await weGet(name);
        objects += ours.length;
        const [a, b] = [ours, theirs.get(name) ?? []].map((list) =>
          JSON.stringify(canonical(list.map(shape(name)).toSorted(byId))),
        );
        if (a !== b) odd.push(name);
      }
      return odd;
    });
    expect(left).toEqual([]);
    expect(objects).toBeGreaterThan(300);
    process.stderr.write(`compared with kubectl: ${objects} objects\n`);
  });

  test('rows of every resource agree: cluster, namespace, name and uid', { timeout: 240_000 }, async () => {
    const said: string[] = [];
    const left = await differences(async (of) => {
      const odd: string[] = [];
      said.length = 0;
      for (let i = 0; i < of.length; i += atOnce) {
        const some = of.slice(i, i + atOnce);
        const tables = some.map((name) => ({ name, view: fleet.table(name) }));
        await until(
          `windows of ${some.join(', ')}`,
          () => tables.every(({ view }) => view.window !== null && view.window.state.state !== 'loading'),
          { timeoutMs: 20_000 },
        );
        const theirs = await kubectlLists(some);
        for (const { name, view } of tables) {
          const ours = view.rows
            .map((row) =>
              [fleet.nameOf(row.clusters[0] ?? fleet.id('c1')), row.namespace, row.name, row.ref?.uid].join(' '),
            )
            .toSorted();
          const wanted = (theirs.get(name) ?? []).map((object) => identity(object.cluster, object)).toSorted();
          if (JSON.stringify(ours) === JSON.stringify(wanted)) continue;
          odd.push(name);
          const [missing, more] = [
            wanted.filter((id) => !ours.includes(id)),
            ours.filter((id) => !wanted.includes(id)),
          ];
          said.push(`${name}: missing ${missing.slice(0, 3).join(', ')}; more ${more.slice(0, 3).join(', ')}`);
        }
        for (const { view } of tables) view[Symbol.dispose]();
      }
      return odd;
    });
    expect(left.length === 0 ? [] : said).toEqual([]);
  });

  test('a custom resource has the columns of its definition and its cells, in both clusters', async () => {
    using table = fleet.table('wi');
    await until('the widgets', () => table.rows.length === 4);
    const titles = table.window?.columns.map(({ title }) => title);
    expect(titles).toEqual(['NAME', 'CLUSTER', 'NAMESPACE', 'SIZE', 'PHASE', 'AGE']);
    const cells = table.rows.map((row) => [
      fleet.nameOf(row.clusters[0] ?? fleet.id('c1')),
      ...[0, 2, 3, 4].map((i) => row.cells[i]),
    ]);
    expect(cells.toSorted()).toEqual(
      ['c1', 'c2'].flatMap((cluster) => [
        [cluster, 'w-large', home, 'large', 'Ready'],
        [cluster, 'w-small', home, 'small', 'Ready'],
      ]),
    );
  });

  test('a kind that appears is there within seconds, and one that goes takes its rows along', async () => {
    using table = fleet.table('sprockets.late.test');
    await until('a word about what is not there', () => table.window?.state.state === 'absent');
    const two = plane.cluster('c2');
    const schema = { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } };
    await two.apply([
      {
        apiVersion: 'apiextensions.k8s.io/v1',
        kind: 'CustomResourceDefinition',
        metadata: { name: 'sprockets.late.test' },
        spec: {
          group: 'late.test',
          scope: 'Cluster',
          names: { kind: 'Sprocket', plural: 'sprockets' },
          versions: [{ name: 'v1', served: true, storage: true, schema }],
        },
      },
    ]);
    await until('its API', () => two.api.get('/apis/late.test/v1/sprockets'));
    await two.apply([{ apiVersion: 'late.test/v1', kind: 'Sprocket', metadata: { name: 'first' } }]);
    const appliedAt = Date.now();
    await until('its row', () => table.rows.some(({ name }) => name === 'first'), { timeoutMs: 15_000 });
    process.stderr.write(`a new kind: its first row after ${Date.now() - appliedAt} ms\n`);
    await two.kubectl('delete', 'crd', 'sprockets.late.test');
    await until('its row to go', () => table.rows.length === 0, { timeoutMs: 20_000 });
  });

  test('nothing that is shown or printed of a Secret holds its values', async () => {
    const encoded = Buffer.from(secretValue).toString('base64');
    const isSafe = (said: string): void => {
      expect(said).not.toContain(encoded);
      expect(said).not.toContain(secretValue);
    };
    using table = fleet.table('secrets');
    const row = await until('the Secret', () => table.rows.find(({ name, ref }) => name === 'keys' && ref !== null));
    isSafe(JSON.stringify(table.window));
    const printed = (await weGet('secrets')).find((object) => text(object, 'metadata', 'name') === 'keys');
    isSafe(JSON.stringify(printed));
    expect(JSON.stringify(printed)).toContain('password');
    if (row.ref === null) throw new Error('the Secret has no reference');
    for (const form of ['yaml', 'describe'] as const) {
      let shown: DocumentView | null = null;
      using _document = fleet.engine.document(row.ref, form, (next) => {
        shown = next;
      });
      const said = await until(`its ${form}`, () => (shown?.state === 'shown' ? JSON.stringify(shown.lines) : null));
      expect(said).toContain('password');
      isSafe(said);
    }
  });

  test('nothing was read in a second-best way', () => {
    expect(Object.fromEntries(fleet.fallbacks)).toEqual({});
  });
});
