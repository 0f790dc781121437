// How long a cluster that is killed or frozen goes on looking fresh: from the moment until the fleet says that it is not
// live and all of its rows are stale, with the times of the program. Wall time, but of timers, beside which a busy machine
// is little: the median of several clusters is judged, the worst is told.
import kubernetes from '../../plugins/kubernetes/index.ts';
import { everything } from '../../src/core/query.ts';
import type { Row } from '../../src/core/row.ts';
import { sleep, startLoad } from '../support/bench-fleet.ts';
import { engineOver } from '../support/engine-over.ts';
import { type KubeconfigEntry, kubeconfigOf, makeHome } from '../support/run-cli.ts';
import { type BenchRow, median } from './bench-row.ts';
import { type H1Relay, startH1Relay } from './support/h1-relay.ts';

const samples = 3;
/** Between two that are frozen: at different places between two pings. */
const apartMs = 4_000;
const limitMs = 120_000;

export async function bench(): Promise<BenchRow[]> {
  using home = makeHome();
  using relays = new DisposableStack();
  const demo = await startLoad({ clusters: 3 * samples, podsPerCluster: 20 });
  try {
    const h2 = demo.clusters.slice(0, 2 * samples);
    const h1 = new Map<string, H1Relay>();
    const entries: KubeconfigEntry[] = [];
    for (const { name, port, users } of demo.clusters.slice(2 * samples)) {
      const relay = relays.use(await startH1Relay(port));
      h1.set(name, relay);
      const withToken = Object.values(users).find((user) => user.by === 'token');
      if (withToken === undefined) throw new Error('the demo has no user with a token: certificates end at the relay');
      entries.push({
        name,
        cluster: { server: relay.server, 'certificate-authority-data': Buffer.from(relay.ca).toString('base64') },
        user: { token: withToken.token },
      });
    }
    const kubeconfig = home.write('fleet', kubeconfigOf(h2, { more: entries }));
    using engine = await engineOver({ kubeconfig, plugins: [kubernetes] });
    let rows: readonly Row[] = [];
    engine.query(
      {
        table: 'pods',
        scope: everything,
        filter: '',
        group: 'none',
        toggled: [],
        onlyWrong: false,
        offset: 0,
        limit: 10_000,
      },
      (window) => ({ rows } = window),
    );
    const clusterOf = (name: string) => engine.fleet?.clusters.find((cluster) => cluster.name === name);
    const until = async (what: string, isSo: () => boolean): Promise<number> => {
      const began = performance.now();
      while (!isSo()) {
        if (performance.now() - began > limitMs) throw new Error(`never: ${what}`);
        await sleep(10);
      }
      return performance.now() - began;
    };
    const rowsOf = (name: string): readonly Row[] =>
      rows.filter((row) => row.clusters.includes(clusterOf(name)?.id as never));
    const isFresh = (name: string): boolean =>
      clusterOf(name)?.state.phase === 'live' && rowsOf(name).length > 0 && rowsOf(name).every((row) => !row.stale);
    const isStale = (name: string): boolean =>
      clusterOf(name)?.state.phase !== 'live' && rowsOf(name).every((row) => row.stale);
    await until('all are live', () => demo.clusters.every(({ name }) => isFresh(name)));
    const staleAfter = (name: string): Promise<number> => until(`${name} is stale`, () => isStale(name));

    const killed: number[] = [];
    for (const { name } of h2.slice(0, samples)) {
      await demo.fault(name, { type: 'down' });
      killed.push(await staleAfter(name));
    }
    const frozen = async (names: readonly string[], freeze: (name: string) => Promise<void> | void) =>
      Promise.all(
        names.map(async (name, i) => {
          await sleep(i * apartMs);
          await freeze(name);
          return staleAfter(name);
        }),
      );
    const [h2Frozen, h1Frozen] = await Promise.all([
      frozen(
        h2.slice(samples).map(({ name }) => name),
        (name) => demo.fault(name, { type: 'half-open' }),
      ),
      frozen([...h1.keys()], (name) => h1.get(name)?.freeze()),
    ]);
    const judged = (figure: string, times: readonly number[], budget: number): BenchRow[] => [
      {
        area: 'dead clusters',
        figure: `${figure}: stale after, median`,
        value: median(times) / 1000,
        unit: 's',
        budget,
      },
      { area: 'dead clusters', figure: `${figure}: worst`, value: Math.max(...times) / 1000, unit: 's', budget: null },
    ];
    return [
      ...judged('killed', killed, 2),
      ...judged('frozen, HTTP/2', h2Frozen, 30),
      ...judged('frozen, HTTP/1.1', h1Frozen, 45),
    ];
  } finally {
    await demo.stop();
  }
}
