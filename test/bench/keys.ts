// From a key to the bytes that it makes the program write, on a real pty at 200x60: the zoomed list of pods of three
// clusters at rest and under 5,000 events a second, beside a bare Node that echoes, a table in stock Ink, and k9s on one
// of the clusters where `K9S=` names its binary. They take turns key by key; what the machine adds is in the echo too, so
// that the difference is judged. Then the CPU and the bytes of a key.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchRow, quantile } from './bench-row.ts';
import { cursorRow, type KeyTime, type Pressed, pressInTurns } from './support/key-times.ts';
import { startK9s } from './support/k9s.ts';
import { startLoad } from './support/load.ts';
import { cpuMsOf } from './support/proc.ts';
import { pause, startOnPty, startScreen, type Terminal } from './support/program.ts';
import { untilAllPods, untilLive } from './support/synced.ts';

const clusters = 3;
const podsPerCluster = 1000;
const keys = 200;
const warmKeys = 30;
const costKeys = 200;

const folder = fileURLToPath(new URL('./support/', import.meta.url));

export async function bench(): Promise<BenchRow[]> {
  return [...(await measure(0)), ...(await measure(5000))];
}

async function measure(eventsPerSecond: number): Promise<BenchRow[]> {
  const when = eventsPerSecond === 0 ? 'quiet' : `${eventsPerSecond.toLocaleString('en-US')} events/s`;
  const load = await startLoad({ clusters, podsPerCluster, eventsPerSecond });
  const open: Terminal[] = [];
  const started = (terminal: Terminal): Terminal => {
    open.push(terminal);
    return terminal;
  };
  try {
    const ours = await startScreen({ kubeconfig: load.kubeconfigPath, command: 'po -A' });
    started(ours);
    const ink = started(startOnPty({ args: [join(folder, 'ink-table.main.ts'), String(eventsPerSecond)] }));
    const echo = started(startOnPty({ args: [join(folder, 'echo.main.ts')] }));
    const k9s = await startK9s(load.clusters[0]);
    if (k9s !== null) started(k9s);
    await echo.until((lines) => lines[0] === 'ready', 'echo');
    await ink.until((lines) => cursorRow(lines) !== '', 'table of stock Ink');
    await untilLive(ours, clusters);
    await untilAllPods(ours);
    const pressed: readonly Pressed[] = [
      { terminal: ours, key: 'j', state: cursorRow },
      { terminal: ink, key: 'j', state: cursorRow },
      { terminal: echo, key: 'j', state: null },
      // Its cursor is a colour: any byte counts as its answer.
      ...(k9s === null ? [] : [{ terminal: k9s, key: 'j', state: null }]),
    ];
    const [our = [], inks = [], echoes = [], k9ss = []] = await pressInTurns(pressed, keys, warmKeys);
    const row = (figure: string, share: number, budget: number | null, of: (time: KeyTime) => number): BenchRow => {
      const floor = quantile(echoes.map(of), share);
      return {
        area: 'keys',
        figure: `${when}: ${figure} over the echo's ${floor.toFixed(1)} ms`,
        value: quantile(our.map(of), share) - floor,
        unit: 'ms',
        budget,
        peer: { name: 'stock Ink', value: quantile(inks.map(of), share) - floor },
        ...(k9s !== null && { others: [{ name: 'k9s', value: quantile(k9ss.map(of), share) - floor }] }),
      };
    };
    // Judged without the time in which other processes had the processors; with it, the figure tells the machine's load.
    const rows = [
      row('p50', 0.5, 3, (time) => time.ms - time.queuedMs),
      row('p99', 0.99, 8, (time) => time.ms - time.queuedMs),
      row('p50 with the wait for a processor', 0.5, null, (time) => time.ms),
      row('p99 with the wait for a processor', 0.99, null, (time) => time.ms),
    ];
    if (eventsPerSecond === 0) rows.push(...(await costOfKeys(ours, ink, k9s)));
    await ours.expectFirstWay();
    return rows;
  } finally {
    await Promise.all(open.map((terminal) => terminal.end()));
    await load.stop();
  }
}

type Cost = { readonly cpuMs: number; readonly bytes: number };

/**
 * CPU and bytes of a key: what a whole program uses while keys are pressed, without what it uses in that time at rest. All
 * are pressed at the same time: what each of them uses is its own.
 */
async function costOfKeys(ours: Terminal, ink: Terminal, k9s: Terminal | null): Promise<BenchRow[]> {
  const used = async (terminal: Terminal, work: () => Promise<void>): Promise<Cost> => {
    const [cpuMs, bytes] = [cpuMsOf(terminal.pid), terminal.bytes()];
    await work();
    return { cpuMs: cpuMsOf(terminal.pid) - cpuMs, bytes: terminal.bytes() - bytes };
  };
  const cost = async (terminal: Terminal, keyOf: (n: number) => string): Promise<Cost> => {
    const start = performance.now();
    const pressed = await used(terminal, async () => {
      for (let n = 0; n < costKeys; n++) {
        terminal.write(keyOf(n));
        await pause(40);
      }
    });
    const rest = await used(terminal, () => pause(performance.now() - start));
    return { cpuMs: (pressed.cpuMs - rest.cpuMs) / costKeys, bytes: (pressed.bytes - rest.bytes) / costKeys };
  };
  const ofAll = (keyOf: (n: number) => string) =>
    Promise.all([cost(ours, keyOf), cost(ink, keyOf), k9s === null ? null : cost(k9s, keyOf)]);
  // Down at the lower end, where the list scrolls; then up and down again inside of it.
  const down = await ofAll(() => 'j');
  const inside = await ofAll((n) => (n % 20 < 10 ? 'k' : 'j'));
  const row = (
    area: string,
    figure: string,
    unit: string,
    budget: number | null,
    [mine, its, k9ss]: typeof down,
    of: (cost: Cost) => number,
  ): BenchRow => ({
    area,
    figure,
    value: of(mine),
    unit,
    budget,
    peer: { name: 'stock Ink', value: of(its) },
    ...(k9ss !== null && { others: [{ name: 'k9s', value: of(k9ss) }] }),
  });
  const bytes = ({ bytes: n }: Cost): number => n;
  return [
    row('keys', 'quiet: CPU of a key, whole process', 'ms CPU', 3, down, (of) => of.cpuMs),
    row('bytes', 'the program, cursor moved one row in a list', 'B', 512, inside, bytes),
    row('bytes', 'the program, cursor moved one row and the list with it', 'B', null, down, bytes),
  ];
}
