// What Flagbridge tells about itself when it is asked to: the debug log of --log-file, the metrics of --metrics-addr, the
// spans for a provider that somebody registered.
import { resolve } from 'node:path';
import type { GlobalFlags } from '../cli/arguments.ts';
import { cell } from '../core/sanitise.ts';
import type { Engine } from '../protocol/engine.ts';
import { type DebugLog, noLog, openDebugLog } from '../telemetry/debug-log.ts';
import type { MetricSnapshot } from '../telemetry/metrics.ts';
import { type MetricsServer, readMetricsAddress } from '../telemetry/metrics-server.ts';
import { createTelemetry, type Telemetry } from '../telemetry/telemetry.ts';
import { registeredTracing } from '../telemetry/registered-tracing.ts';

type Flags = Pick<GlobalFlags, 'logFile' | 'metricsAddr'>;

export type Opened<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly line: string };

/** How long a scrape waits for the engine's thread; without its answer the main thread's numbers stand alone. */
const engineAnswerMs = 2000;

/** One thread's telemetry. Fails with a line for the user when the log cannot be written or the address is none. */
export async function openTelemetry(flags: Flags, thread: 'main' | 'engine'): Promise<Opened<Telemetry>> {
  const opened = openLog(flags, thread);
  if (!opened.ok) return opened;
  const log = opened.value;
  const { tracing, ignored } = await registeredTracing();
  if (tracing.isOn || ignored !== null) log.write('tracing', { on: tracing.isOn, ignored: ignored ?? undefined });
  return { ok: true, value: createTelemetry({ log, tracing }) };
}

function openLog({ logFile, metricsAddr }: Flags, thread: 'main' | 'engine'): Opened<DebugLog> {
  if (metricsAddr !== null) {
    const address = readMetricsAddress(metricsAddr);
    if (!address.ok) return { ok: false, line: `--metrics-addr: ${cell(address.reason)}` };
  }
  if (logFile === null) return { ok: true, value: noLog };
  try {
    return { ok: true, value: openDebugLog(resolve(logFile), thread) };
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/,? open '.*$/, '') : String(error);
    return { ok: false, line: `--log-file: ${cell(logFile)} cannot be written: ${cell(why)}; name another file` };
  }
}

/** Of the engine's thread; the main thread has opened the log well already. */
export async function engineTelemetry(flags: Flags): Promise<Telemetry> {
  const opened = await openTelemetry(flags, 'engine');
  return opened.ok ? opened.value : createTelemetry();
}

/** Serves what `gather` brings, when --metrics-addr is set. `value` is null without the flag. */
export async function serveOwnMetrics(
  { metricsAddr }: Flags,
  gather: () => Promise<readonly (readonly MetricSnapshot[])[]>,
): Promise<Opened<MetricsServer | null>> {
  if (metricsAddr === null) return { ok: true, value: null };
  const address = readMetricsAddress(metricsAddr);
  if (!address.ok) return { ok: false, line: `--metrics-addr: ${cell(address.reason)}` };
  const { serveMetrics } = await import('../telemetry/metrics-server.ts');
  try {
    return { ok: true, value: await serveMetrics(address, gather) };
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const why = isTaken ? 'is taken' : `cannot be served: ${error instanceof Error ? error.message : String(error)}`;
    return { ok: false, line: `--metrics-addr: ${cell(metricsAddr)} ${cell(why)}; name another port, or 0 for any` };
  }
}

/** What the engine's thread counts; nothing when it does not answer in time. */
export async function askMetrics(engine: Engine): Promise<readonly MetricSnapshot[]> {
  const late = AbortSignal.timeout(engineAnswerMs);
  const silence = new Promise<null>((done) => late.addEventListener('abort', () => done(null), { once: true }));
  const answer = await Promise.race([engine.ask({ ask: 'metrics' }), silence]);
  return answer?.ok === true && Array.isArray(answer.value) ? (answer.value as readonly MetricSnapshot[]) : [];
}

/** Writes what the person is told, and when the engine falls silent; phases of clusters are the engine's own to log. */
export function logEngine(engine: Engine, log: DebugLog): Disposable {
  if (!log.isOn) return { [Symbol.dispose]: () => undefined };
  const stack = new DisposableStack();
  stack.use(engine.onMessage(({ severity, text }) => log.write('message', { severity, text })));
  stack.use(engine.onAlive((isAlive) => log.write('engine', { alive: isAlive })));
  return stack;
}
