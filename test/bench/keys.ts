// From a key to the bytes that it makes the program write, on a real pty at 200x60: the zoomed list of pods of three
// clusters at rest and under 5,000 events a second, beside a bare Node that echoes and a table in stock Ink. The three
// take turns key by key; what the machine adds is in the echo too, so that the difference is judged.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchRow, quantile } from './bench-row.ts';
import { cursorRow, type KeyTime, type Pressed, pressInTurns } from './support/key-times.ts';
import { startLoad } from './support/load.ts';
import { cpuMsOf } from './support/proc.ts';
import { pause, startOnPty, startScreen, type Terminal } from './support/program.ts';
import { untilAllPods, untilLive } from './support/synced.ts';

const clusters = 3;
const podsPerCluster = 1000;
const keys = 200;
const warmKeys = 30;
const cpuKeys = 200;

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
    await echo.until((lines) => lines[0] === 'ready', 'echo');
    await ink.until((lines) => cursorRow(lines) !== '', 'table of stock Ink');
    await untilLive(ours, clusters);
    await untilAllPods(ours);
    const pressed: readonly Pressed[] = [
      { terminal: ours, key: 'j', state: cursorRow },
      { terminal: ink, key: 'j', state: cursorRow },
      { terminal: echo, key: 'j', state: null },
    ];
    const [our = [], inks = [], echoes = []] = await pressInTurns(pressed, keys, warmKeys);
    const row = (figure: string, share: number, budget: number | null, of: (time: KeyTime) => number): BenchRow => {
      const floor = quantile(echoes.map(of), share);
      return {
        area: 'keys',
        figure: `${when}: ${figure} over the echo's ${floor.toFixed(1)} ms`,
        value: quantile(our.map(of), share) - floor,
        unit: 'ms',
        budget,
        peer: { name: 'stock Ink', value: quantile(inks.map(of), share) - floor },
      };
    };
    // Judged without the time in which other processes had the processors; with it, the figure tells the machine's load.
    const rows = [
      row('p50', 0.5, 3, (time) => time.ms - time.queuedMs),
      row('p99', 0.99, 8, (time) => time.ms - time.queuedMs),
      row('p50 with the wait for a processor', 0.5, null, (time) => time.ms),
      row('p99 with the wait for a processor', 0.99, null, (time) => time.ms),
    ];
    if (eventsPerSecond === 0) rows.push(await cpuOfKeys(ours, ink));
    await ours.expectFirstWay();
    return rows;
  } finally {
    await Promise.all(open.map((terminal) => terminal.end()));
    await load.stop();
  }
}

/** CPU of a key: what the whole process uses while keys are pressed, without what it uses in the same time at rest. */
async function cpuOfKeys(ours: Terminal, ink: Terminal): Promise<BenchRow> {
  const cost = async (terminal: Terminal): Promise<number> => {
    const before = cpuMsOf(terminal.pid);
    const start = performance.now();
    for (let i = 0; i < cpuKeys; i++) {
      terminal.write('j');
      await pause(40);
    }
    const used = cpuMsOf(terminal.pid) - before;
    const atRest = cpuMsOf(terminal.pid);
    await pause(performance.now() - start);
    return (used - (cpuMsOf(terminal.pid) - atRest)) / cpuKeys;
  };
  return {
    area: 'keys',
    figure: 'quiet: CPU of a key, whole process',
    value: await cost(ours),
    unit: 'ms CPU',
    budget: 3,
    peer: { name: 'stock Ink', value: await cost(ink) },
  };
}
