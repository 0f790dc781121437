// A figure counts only when everything went the first way: a fall-back that was taken where none is needed would be
// measured in its place. Read from a core's own counters, from an engine in its thread, or from a program's /metrics.
import type { Engine } from '../../../src/protocol/engine.ts';
import type { MetricSnapshot } from '../../../src/telemetry/metrics.ts';

const name = 'flagbridge_fallbacks_total';

/** Throws when one of the counters is not 0. */
export function expectFirstWay(fallbacks: Iterable<readonly [what: string, times: number]>): void {
  const taken = [...fallbacks].filter(([, times]) => times > 0).map(([what, times]) => `${what} ${times}x`);
  if (taken.length > 0) throw new Error(`measured with fall-backs: ${taken.join(', ')}`);
}

export async function expectFirstWayOf(engine: Engine): Promise<void> {
  const answer = await engine.ask({ ask: 'metrics' });
  if (!answer.ok) throw new Error(`the engine does not tell its counters: ${answer.message}`);
  const counted = (answer.value as readonly MetricSnapshot[]).find((metric) => metric.name === name);
  if (counted === undefined) throw new Error(`the engine has no ${name}`);
  expectFirstWay(counted.values.map(({ labels, value }) => [labels['what'] ?? '', value]));
}

/** Of a program with `--metrics-addr`: what both of its threads counted. */
export async function expectFirstWayAt(address: string): Promise<void> {
  const text = await (await fetch(address, { headers: { connection: 'close' } })).text();
  if (!text.includes(`# TYPE ${name}`)) throw new Error(`${address} has no ${name}`);
  const line = new RegExp(`^${name}\\{what="([^"]*)"\\} ([\\d.e+]+)$`, 'gm');
  expectFirstWay(Array.from(text.matchAll(line), ([, what = '', times]) => [what, Number(times)]));
}
