// `npm run test:cluster`: builds a real control plane where that is possible and runs the suites that need one.
//   --build             only build
//   --serve N           keep N clusters up for a person and print their KUBECONFIG
//       [--nodes K] [--metrics] [--empty]
//   --all               every suite of the project
//   anything else       goes to vitest (file filters, -t …)
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startControlPlane } from '../test/cluster/control-plane.ts';
import { applySamples, feedLogs } from '../test/cluster/samples.ts';
import { buildTools, findTools } from '../test/cluster/tools.ts';

const { values, tokens } = parseArgs({
  options: {
    build: { type: 'boolean' },
    serve: { type: 'string' },
    nodes: { type: 'string' },
    metrics: { type: 'boolean' },
    empty: { type: 'boolean' },
    all: { type: 'boolean' },
  },
  allowPositionals: true,
  strict: false,
  tokens: true,
});
const ours = new Set(['build', 'serve', 'nodes', 'metrics', 'empty', 'all']);
const rest = process.argv
  .slice(2)
  .filter(
    (_, i) =>
      !tokens.some(
        (t) =>
          t.kind === 'option' &&
          ours.has(t.name) &&
          (t.index === i || (t.value !== undefined && !t.inlineValue && t.index === i - 1)),
      ),
  );

const say = (line: string): void => console.error(`control plane: ${line}`);

/** Builds when that is possible; false when there will be no control plane. */
async function prepare(): Promise<boolean> {
  const tools = findTools();
  if (tools.type === 'unavailable') {
    say(`not available: ${tools.reason}`);
    return false;
  }
  const wanted = tools.type === 'ready' && values.metrics !== true && values.build !== true;
  if (wanted) return true;
  if (tools.type === 'buildable')
    say(`building ${tools.missing.join(', ')} into ${tools.dir} (about 8 minutes on two cores)`);
  await buildTools(say);
  return true;
}

async function serve(count: number): Promise<number> {
  const startedAt = performance.now();
  const plane = await startControlPlane({
    clusters: Array.from({ length: count }, () => ({ metrics: values.metrics === true })),
    nodes: Number(values.nodes ?? 3),
  });
  const stopped = new AbortController();
  const end = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
  });
  try {
    if (values.empty !== true) {
      await Promise.all(plane.clusters.map((cluster, i) => applySamples(cluster, i)));
      for (const cluster of plane.clusters) void feedLogs(cluster, stopped.signal);
    }
    say(`${count} clusters after ${((performance.now() - startedAt) / 1000).toFixed(1)} s, logs in ${plane.dir}`);
    for (const user of plane.users) say(`as ${user.name}: KUBECONFIG=${plane.kubeconfigFor(user.name)}`);
    console.log(`export KUBECONFIG=${plane.kubeconfigPath}`);
    // Signal handlers alone do not keep a process alive.
    const alive = setInterval(() => undefined, 60_000);
    await end;
    clearInterval(alive);
  } finally {
    stopped.abort();
    await plane.stop();
    say('stopped');
  }
  return 0;
}

function vitest(projects: readonly string[]): number {
  const program = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const args = projects.flatMap((project) => ['--project', project]);
  const run = spawnSync(process.execPath, [program, 'run', ...args, ...rest], { stdio: 'inherit' });
  return run.status ?? 1;
}

async function main(): Promise<number> {
  const available = await prepare();
  if (values.build === true) return available ? 0 : 1;
  if (values.serve !== undefined) return available ? serve(Number(values.serve) || 2) : 1;
  return vitest(values.all === true ? ['unit', 'system', 'cluster'] : ['cluster']);
}

process.exitCode = await main();
