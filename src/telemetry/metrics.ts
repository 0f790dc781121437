// Counters, gauges and histograms of one thread as plain numbers: an increment costs a nanosecond whether anybody
// scrapes or not. prom-client is loaded by prometheus.ts, and only when somebody asks.

export type Labels = Readonly<Record<string, string>>;

/** A number that only rises. */
export interface Counter {
  readonly value: number;
  inc(by?: number): void;
}

/** Counters of one name that differ in one label's value. The set of values must be bounded: never names of pods. */
export interface CounterFamily {
  of(labelValue: string): Counter;
}

export interface Histogram {
  observe(value: number): void;
}

/** One metric as plain data: it crosses threads and is merged there. */
export type MetricSnapshot = {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: readonly { readonly name: string; readonly labels: Labels; readonly value: number }[];
};

class PlainCounter implements Counter {
  value = 0;
  inc(by = 1): void {
    this.value += by;
  }
}

/** The metrics of one thread. Names follow the Prometheus conventions: base units, `_total` on counters. */
export class Metrics {
  readonly #sources = new Map<string, () => MetricSnapshot>();
  readonly #families = new Map<string, CounterFamily>();

  counter(name: string, help: string): Counter {
    const counter = new PlainCounter();
    this.#add(name, () => ({ name, help, type: 'counter', values: [{ name, labels: {}, value: counter.value }] }));
    return counter;
  }

  /** The same family for the same name: what is counted in several rooms is one metric. */
  counterFamily(name: string, help: string, label: string): CounterFamily {
    const known = this.#families.get(name);
    if (known !== undefined) return known;
    const family = new Map<string, PlainCounter>();
    this.#add(name, () => ({
      name,
      help,
      type: 'counter',
      values: Array.from(family, ([value, counter]) => ({ name, labels: { [label]: value }, value: counter.value })),
    }));
    const made: CounterFamily = {
      of: (value) => {
        let counter = family.get(value);
        if (counter === undefined) family.set(value, (counter = new PlainCounter()));
        return counter;
      },
    };
    this.#families.set(name, made);
    return made;
  }

  /** Read only when somebody scrapes. */
  gauge(name: string, help: string, read: () => number): void {
    this.#add(name, () => ({ name, help, type: 'gauge', values: [{ name, labels: {}, value: read() }] }));
  }

  /** `bounds` rise; values above the last one are counted under +Inf. */
  histogram(name: string, help: string, bounds: readonly number[]): Histogram {
    const counts = new Float64Array(bounds.length + 1);
    let sum = 0;
    this.#add(name, () => {
      let seen = 0;
      const buckets = Array.from(counts, (n, i) => {
        seen += n;
        const le = i < bounds.length ? String(bounds[i]) : '+Inf';
        return { name: `${name}_bucket`, labels: { le }, value: seen };
      });
      const total = [
        { name: `${name}_sum`, labels: {}, value: sum },
        { name: `${name}_count`, labels: {}, value: seen },
      ];
      return { name, help, type: 'histogram', values: [...buckets, ...total] };
    });
    return {
      observe: (value) => {
        let i = 0;
        while (i < bounds.length && value > (bounds[i] ?? Number.POSITIVE_INFINITY)) i++;
        counts[i] = (counts[i] ?? 0) + 1;
        sum += value;
      },
    };
  }

  snapshot(): readonly MetricSnapshot[] {
    return Array.from(this.#sources.values(), (read) => read());
  }

  #add(name: string, read: () => MetricSnapshot): void {
    if (this.#sources.has(name)) throw new Error(`metric ${name} is declared twice`);
    this.#sources.set(name, read);
  }
}

/** Adds up what several threads say: equal names and labels become one number. */
export function mergeSnapshots(threads: readonly (readonly MetricSnapshot[])[]): readonly MetricSnapshot[] {
  const merged = new Map<string, { metric: MetricSnapshot; values: Map<string, MetricSnapshot['values'][number]> }>();
  for (const metric of threads.flat()) {
    let entry = merged.get(metric.name);
    if (entry === undefined) merged.set(metric.name, (entry = { metric, values: new Map() }));
    for (const value of metric.values) {
      const key = `${value.name}${JSON.stringify(value.labels)}`;
      const before = entry.values.get(key)?.value ?? 0;
      entry.values.set(key, { ...value, value: before + value.value });
    }
  }
  return Array.from(merged.values(), ({ metric, values }) => ({ ...metric, values: [...values.values()] }));
}
