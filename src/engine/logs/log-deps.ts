// What log views work with.
import type { Clock } from '../../platform/clock.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { KubePort } from '../kube-port.ts';
import type { Table } from '../tables/table.ts';
import type { EngineMetrics } from '../telemetry-names.ts';

export type LogStreamsDeps = {
  readonly kube: KubePort;
  readonly clock: Clock;
  readonly fleet: Fleet;
  /** The table of pods, from which streams join and leave; undefined: no plugin has one. */
  pods(): Table | undefined;
  readonly metrics: EngineMetrics;
  readonly limitBytes: number;
};
