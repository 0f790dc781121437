// The merged tail of an app over two real clusters: every line once and in order, pods that come and go, and servers that
// die and freeze in the middle of it.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controlPlaneAvailability } from './availability.ts';
import type { TestCluster } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { readLogs } from './support/log-view.ts';
import { pod } from './support/objects.ts';
import { openFleet, type TestFleet } from './support/open-fleet.ts';
import { startTalking, type Talker } from './support/talker.ts';
import { until } from './until.ts';

const here = controlPlaneAvailability();
const namespace = 'talk';
const app = 'talker';

describe.skipIf(!here.available)('merged logs of two real clusters', { timeout: 180_000 }, () => {
  let plane: ControlPlane;
  let fleet: TestFleet;
  const talkers = new Map<string, Talker>();

  /** A pod of the app with a log of its own, which says a numbered line every `everyMs`. */
  const talk = async (cluster: TestCluster, name: string, everyMs: number): Promise<Talker> => {
    const log = await cluster.podLog(namespace, name);
    const object = pod(namespace, name, { image: 'talker:1' });
    await cluster.apply([{ ...object, metadata: { name, namespace, labels: { app } } }]);
    const talker = startTalking(name, log, everyMs);
    talkers.set(name, talker);
    return talker;
  };
  const selector = { of: 'app', app, namespace } as const;

  beforeAll(async () => {
    plane = await startControlPlane({ clusters: [{ name: 'c1' }, { name: 'c2' }], nodes: 1 });
    for (const cluster of plane.clusters) {
      await cluster.namespace(namespace);
      for (const i of [1, 2]) await talk(cluster, `${cluster.name}-${i}`, 40 + 7 * i);
    }
    fleet = await openFleet({ kubeconfigPath: plane.kubeconfigPath });
    await fleet.settled();
  });
  afterAll(async () => {
    for (const talker of talkers.values()) talker.stop();
    fleet?.[Symbol.dispose]();
    await plane?.stop();
  });

  /** Stops a talker and compares what was shown with what was said. */
  const compare = async (
    view: ReturnType<typeof readLogs>,
    name: string,
  ): Promise<{ lost: number; repeated: number }> => {
    const talker = talkers.get(name);
    if (talker === undefined) throw new Error(`nobody is called ${name}`);
    const last = talker.said.at(-1);
    const missing = (): string[] => {
      const shown = new Set(view.texts(name));
      return talker.said.slice(0, talker.said.indexOf(last ?? '') + 1).filter((text) => !shown.has(text));
    };
    await until(`the last word of ${name}`, () => view.texts(name).includes(last ?? ''), { timeoutMs: 60_000 });
    const shown = view.texts(name);
    return { lost: missing().length, repeated: shown.length - new Set(shown).size };
  };

  test('lines of all pods in both clusters, each once, in the order of their times', async () => {
    using view = readLogs(fleet, selector);
    await until('lines of every pod', () => [...talkers.keys()].every((name) => view.texts(name).length > 60));
    for (const name of talkers.keys()) expect(await compare(view, name)).toEqual({ lost: 0, repeated: 0 });
    expect(view.window).toMatchObject({ streams: 4, wantedStreams: 4 });
    expect(
      view
        .marks('joined')
        .map(({ pod: name }) => name)
        .toSorted(),
    ).toEqual([...talkers.keys()].toSorted());
    expect(view.marks('gap')).toEqual([]);

    const lines = view.lines.flatMap((line) => (line.type === 'line' ? [line] : []));
    expect(new Set(lines.map(({ cluster }) => fleet.nameOf(cluster)))).toEqual(new Set(['c1', 'c2']));
    // What could not be put in its place any more is marked; all else is in order, and clusters alternate.
    const ordered = lines.filter(({ late }) => !late);
    const times = ordered.map(({ time }) => time ?? 0);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(lines.length - ordered.length).toBeLessThan(lines.length / 10);
    // Within one pod the order is what it said.
    for (const name of talkers.keys()) {
      const numbers = view.texts(name).map((text) => Number(text.split(' ').at(-1)));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
  });

  test('a tail begins with the last lines', async () => {
    using view = readLogs(fleet, { ...selector }, { tail: 5 });
    const before = talkers.get('c1-1')?.said.length ?? 0;
    await until('a few lines', () => view.texts('c1-1').length > 6);
    const first = Number(view.texts('c1-1')[0]?.split(' ').at(-1));
    expect(first).toBeGreaterThan(before - 10);
  });

  test('a pod that comes joins, one that goes ends with a line, and the others go on', async () => {
    using view = readLogs(fleet, selector, { tail: 1 });
    await until('the first streams', () => view.window?.streams === 4);
    await talk(plane.cluster('c2'), 'c2-new', 50);
    await until('its lines', () => view.texts('c2-new').length > 10);
    expect(await compare(view, 'c2-new')).toEqual({ lost: 0, repeated: 0 });
    expect(view.marks('joined').map(({ pod: name }) => name)).toContain('c2-new');

    await plane.cluster('c2').kubectl('-n', namespace, 'delete', 'pod/c2-new', '--wait=false');
    await until('its end', () => view.marks('ended').some(({ pod: name }) => name === 'c2-new'), { timeoutMs: 30_000 });
    talkers.get('c2-new')?.stop();
    talkers.delete('c2-new');
    await until('four streams', () => view.window?.streams === 4 && view.window.wantedStreams === 4);
    const count = view.texts('c1-1').length;
    await until('more of the others', () => view.texts('c1-1').length > count + 10);
  });

  test.each(['killed and started again', 'frozen and thawed'])(
    'a server that is %s in the middle loses nothing and repeats nothing',
    async (how) => {
      const broken = plane.cluster('c2');
      using view = readLogs(fleet, selector, { tail: 0 });
      await until('streams of all', () => view.window?.streams === 4);
      await until('lines of the broken one', () => view.texts('c2-1').length > 5);
      const firsts = new Map([...talkers.keys()].map((name) => [name, view.texts(name)[0]]));

      const healthyBefore = view.texts('c1-1').length;
      if (how.startsWith('killed')) await broken.kill();
      else broken.freeze();
      try {
        await fleet.phase('c2', ['stale', 'offline'], 90_000);
        // The healthy cluster's lines come on all the time.
        await until('lines of the healthy one', () => view.texts('c1-1').length > healthyBefore + 20);
      } finally {
        if (how.startsWith('killed')) await broken.restart();
        else broken.thaw();
      }
      await fleet.phase('c2', ['live'], 60_000);

      for (const name of ['c2-1', 'c2-2']) {
        const said = talkers.get(name)?.said ?? [];
        const last = said.at(-1) ?? '';
        await until(`the last word of ${name}`, () => view.texts(name).includes(last), { timeoutMs: 60_000 });
        const shown = view.texts(name);
        const begin = said.indexOf(firsts.get(name) ?? '');
        const expected = said.slice(begin, said.indexOf(last) + 1);
        const lost = expected.filter((text) => !shown.includes(text));
        const repeated = shown.length - new Set(shown).size;
        process.stderr.write(
          `logs of ${name}, server ${how}: ${expected.length} lines said, ${lost.length} lost, ${repeated} repeated, ${view.marks('gap').length} gap marks\n`,
        );
        expect(repeated).toBe(0);
        // A loss is only forgiven where a mark says that something may be missing.
        if (!view.marks('gap').some((mark) => mark.pod === name)) expect(lost).toEqual([]);
        const positions = expected.filter((text) => shown.includes(text));
        expect(shown.slice(0, positions.length)).toEqual(positions);
      }
    },
  );
});
