// The engine's own metrics, declared once. Fall-backs are counted where the kube layer is put together.
import type { Counter, CounterFamily, Metrics } from '../telemetry/metrics.ts';

export type EngineMetrics = {
  readonly watchEvents: Counter;
  readonly windows: Counter;
  readonly pluginErrors: CounterFamily;
  readonly logLines: Counter;
  readonly logBytes: Counter;
  readonly logDropped: Counter;
  readonly logGaps: Counter;
};

export const engineMetrics = (metrics: Metrics): EngineMetrics => ({
  watchEvents: metrics.counter('flagbridge_watch_events_total', 'Objects that watches brought, changed or took away.'),
  windows: metrics.counter('flagbridge_windows_total', 'Windows of live queries that were put together.'),
  pluginErrors: metrics.counterFamily(
    'flagbridge_plugin_errors_total',
    'Objects on which the code of a plugin threw.',
    'plugin',
  ),
  logLines: metrics.counter('flagbridge_log_lines_total', 'Log lines received.'),
  logBytes: metrics.counter('flagbridge_log_bytes_total', 'Bytes of log lines received.'),
  logDropped: metrics.counter('flagbridge_log_dropped_total', 'Log lines that the ring let go.'),
  logGaps: metrics.counter('flagbridge_log_gaps_total', 'Places where log lines may be missing.'),
});
