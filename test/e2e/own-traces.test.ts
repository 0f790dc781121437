// Flagbridge's own spans: where somebody registered a provider both threads tell sync, query and frame, joined over the
// protocol; where nobody did, nothing of OpenTelemetry is loaded.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { RunningDemo } from '../../src/demo/start.ts';
import type { ToldSpan } from '../support/fake-tracing.main.ts';
import { closeAll, type PtyProgram, startPty } from '../support/pty.ts';
import { demoFleet, endAll, type Home, installed, kubeconfigOf, makeHome } from '../support/run-cli.ts';

const sdk = fileURLToPath(new URL('../support/fake-tracing.main.ts', import.meta.url));
const loadedProbe = fileURLToPath(new URL('../bench/support/loaded.main.ts', import.meta.url));
/** Words that stand in @opentelemetry/api and nowhere else. */
const apiMark = 'Attempted duplicate registration of API';

let demo: RunningDemo;
let home: Home;
let bin: string;
let env: Record<string, string>;

beforeAll(async () => {
  home = makeHome();
  [bin, demo] = await Promise.all([installed(), demoFleet({ only: ['run-eu'], silentAfterMs: null })]);
  env = { ...home.env, KUBECONFIG: home.write('fleet', kubeconfigOf(demo.clusters)) };
});
afterEach(closeAll);
afterAll(async () => {
  endAll();
  await demo.stop();
  home[Symbol.dispose]();
});

const linesOf = (file: string): string[] =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];

async function quit(program: PtyProgram): Promise<void> {
  program.press('q');
  await program.exited;
}

test('with a provider in both threads: sync, query and frame are spans, and a request is one trace over the protocol', async () => {
  const file = `${home.path}/spans`;
  const spans = (): ToldSpan[] => linesOf(file).map((line) => JSON.parse(line) as ToldSpan);
  const program = startPty(process.execPath, ['--import', sdk, bin], {
    env: { ...env, FLAGBRIDGE_SPANS_FILE: file },
  });
  await program.shows(/cart/);
  const seen = (): string[] => [...new Set(spans().map((span) => `${span.thread} ${span.name}`))].sort();
  await program.until(() => seen().includes('engine sync'), 'a first set is told');
  await quit(program);

  expect(seen()).toEqual(['engine query', 'engine sync', 'main frame', 'main request']);
  const requests = new Map(
    spans()
      .filter((span) => span.name === 'request')
      .map((span) => [span.spanId, span]),
  );
  const joined = spans().find((span) => span.name === 'query' && requests.has(span.parentId ?? ''));
  const asked = requests.get(joined?.parentId ?? '');
  expect(asked?.attributes['flagbridge.request']).toMatch(/^query\.(open|change)$/);
  expect(joined?.traceId).toBe(asked?.traceId);
  const sync = spans().find((span) => span.name === 'sync');
  expect(sync?.attributes).toMatchObject({ 'k8s.cluster.name': 'run-eu', 'k8s.resource': expect.any(String) });
  // What a window leads to may be asked for within its trace; windows that follow each other are no chain.
  const traces = Map.groupBy(
    spans().filter((span) => span.name === 'query'),
    (span) => span.traceId,
  );
  expect(Math.max(...Array.from(traces.values(), (queries) => queries.length))).toBeLessThan(5);
});

test('without a provider nothing of OpenTelemetry is loaded in either thread', async () => {
  const file = `${home.path}/loaded`;
  const program = startPty(process.execPath, ['--import', loadedProbe, bin], {
    env: { ...env, FLAGBRIDGE_LOADED_FILE: file },
  });
  await program.shows(/cart/);
  await quit(program);

  const loaded = linesOf(file).map((line) => line.split(' ') as [string, string]);
  expect(new Set(loaded.map(([thread]) => thread))).toEqual(new Set(['main', 'engine']));
  const marked = loaded
    .map(([, url]) => fileURLToPath(url))
    .filter((path) => readFileSync(path, 'utf8').includes(apiMark));
  expect(marked).toEqual([]);
});
