// The only file that knows prom-client: turns snapshots of all threads into a scrape. Loaded by the first scrape.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { mergeSnapshots, type MetricSnapshot } from './metrics.ts';

/** Asks every thread for its numbers; a thread that does not answer is left out by the one who gathers. */
export type Gather = () => Promise<readonly (readonly MetricSnapshot[])[]>;

export type Scrape = { text(): Promise<string>; readonly contentType: string };

/**
 * A scrape of this process: its own registry (never prom-client's global one), the process's default metrics and what
 * the threads count.
 */
export function createScrape(gather: Gather): Scrape {
  const defaults = new Registry();
  collectDefaultMetrics({ register: defaults });
  return {
    contentType: defaults.contentType,
    text: async () => {
      const registry = new Registry();
      for (const metric of mergeSnapshots(await gather())) register(registry, metric);
      return `${await defaults.metrics()}\n${await registry.metrics()}`;
    },
  };
}

/** prom-client formats what `get` returns; the numbers are ours already. */
function register(registry: Registry, metric: MetricSnapshot): void {
  const { name, help } = metric;
  if (metric.type === 'histogram') {
    registry.registerMetric(new ToldHistogram(metric));
    return;
  }
  const labelNames = [...new Set(metric.values.flatMap((v) => Object.keys(v.labels)))];
  const target =
    metric.type === 'counter'
      ? new Counter({ name, help, labelNames, registers: [registry] })
      : new Gauge({ name, help, labelNames, registers: [registry] });
  for (const v of metric.values) target.inc(v.labels, v.value);
}

/** A histogram whose buckets were counted elsewhere. prom-client asks `getForPromString` where a metric has it. */
class ToldHistogram extends Histogram {
  readonly #metric: MetricSnapshot;

  constructor(metric: MetricSnapshot) {
    super({ name: metric.name, help: metric.help, registers: [] });
    this.#metric = metric;
  }

  override get(): ReturnType<Histogram['get']> {
    return this.getForPromString();
  }

  async getForPromString(): ReturnType<Histogram['get']> {
    const { name, help, values } = this.#metric;
    const told = values.map((v) => ({ value: v.value, labels: v.labels, metricName: v.name }));
    // An empty one of the same name says the rest: its type, and how it would be aggregated.
    const empty = await new Histogram({ name, help, registers: [] }).get();
    return { ...empty, values: told };
  }
}
