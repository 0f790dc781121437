// Who runs: before a plugin's code runs its number is written where another thread can read it, so that a plugin that
// hangs can be named and left out. What a plugin throws is caught, counted and told once a minute.
import { resourceName } from '../core/ids.ts';
import type { Plugin } from '../plugin-api/plugin.ts';
import type { CounterFamily } from '../telemetry/metrics.ts';
import type { RunPlugin } from './tables/feed.ts';

/** Shared with the main thread: [0] is the number of the plugin that runs (1 is the first), 0 while none does. */
export type RunningPlugin = Int32Array;

export const newRunningPlugin = (): RunningPlugin => new Int32Array(new SharedArrayBuffer(4));

export type PluginRunsDeps = {
  readonly plugins: readonly Plugin[];
  readonly running: RunningPlugin;
  readonly errors: CounterFamily;
  readonly now: () => number;
  tell(text: string): void;
};

const tellEveryMs = 60_000;

export class PluginRuns {
  readonly #deps: PluginRunsDeps;
  readonly #toldAt = new Map<string, number>();

  constructor(deps: PluginRunsDeps) {
    this.#deps = deps;
  }

  /** Runs code of a plugin; undefined when it throws. */
  of(plugin: Plugin, about: { readonly group: string; readonly resource: string } | string): RunPlugin {
    const { running } = this.#deps;
    const number = this.#deps.plugins.indexOf(plugin) + 1;
    return (run) => {
      Atomics.store(running, 0, number);
      try {
        return run();
      } catch (error) {
        this.#failed(plugin, typeof about === 'string' ? about : resourceName(about), error);
        return undefined;
      } finally {
        Atomics.store(running, 0, 0);
      }
    };
  }

  #failed(plugin: Plugin, about: string, error: unknown): void {
    this.#deps.errors.of(plugin.id).inc();
    const now = this.#deps.now();
    const key = `${plugin.id}|${about}`;
    if (now - (this.#toldAt.get(key) ?? Number.NEGATIVE_INFINITY) < tellEveryMs) return;
    this.#toldAt.set(key, now);
    const reason = error instanceof Error ? error.message : String(error);
    this.#deps.tell(`plugin ${plugin.id} fails on ${about}: ${reason}`);
  }
}
