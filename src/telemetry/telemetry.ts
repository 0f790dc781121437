// What one thread tells about itself, in one object that is handed down: metrics, traces, debug log.
import { type DebugLog, noLog } from './debug-log.ts';
import { Metrics } from './metrics.ts';
import { noTracing, type Tracing } from './tracing.ts';

export type Telemetry = { readonly metrics: Metrics; readonly tracing: Tracing; readonly log: DebugLog };

/** The tracing for the protocol's two ends; undefined while it is off, so that they do nothing at all. */
export const tracesOf = (telemetry: Telemetry | undefined): Tracing | undefined =>
  telemetry?.tracing.isOn === true ? telemetry.tracing : undefined;

/** Metrics are always counted; tracing and log stay off unless they are given. */
export const createTelemetry = (parts: Partial<Telemetry> = {}): Telemetry => ({
  metrics: parts.metrics ?? new Metrics(),
  tracing: parts.tracing ?? noTracing,
  log: parts.log ?? noLog,
});
