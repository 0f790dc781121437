// Any resource by the name that people type or a pane passes on: finds who serves it and opens it there.
import type { ClusterId } from '../../core/ids.ts';
import { resourceName } from '../../core/ids.ts';
import type { ApiResource } from '../../kube/discovery/contract.ts';
import type { Clock } from '../../platform/clock.ts';
import type { ClusterUnit } from '../fleet/cluster-unit.ts';
import type { Fleet } from '../fleet/fleet.ts';
import type { KubePort } from '../kube-port.ts';
import type { Table } from '../tables/table.ts';
import { findResource } from './find-resource.ts';
import { ResourceTable } from './resource-table.ts';

export type ResourceTablesDeps = {
  readonly kube: KubePort;
  readonly clock: Clock;
  readonly fleet: Fleet;
  /** Who shows them; asked late, because the two know each other. */
  views(): { reshape(table: Table): void; refreshTable(table: Table): void };
};

export class ResourceTables implements Disposable {
  readonly #deps: ResourceTablesDeps;
  readonly #tables = new Map<string, ResourceTable>();

  constructor(deps: ResourceTablesDeps) {
    this.#deps = deps;
  }

  /** The table of a resource: `certificates.cert-manager.io`, `po`, `Deployment`; undefined: no connected cluster has it. */
  find(word: string): ResourceTable | undefined {
    for (const unit of this.#deps.fleet.units) {
      const resource = unit.discovery === null ? undefined : findResource(unit.discovery, word);
      if (resource !== undefined) return this.#tableOf(resource);
    }
    return undefined;
  }

  /** Reads the resource in a cluster, if it serves it. */
  openIn(table: ResourceTable, unit: ClusterUnit): void {
    const resource = unit.discovery === null ? undefined : findResource(unit.discovery, table.table.id);
    if (resource?.verbs.includes('list') === true) table.open(unit, resource);
  }

  /** A cluster is there, or serves other things than before: what is open is opened in it. */
  connected(unit: ClusterUnit): void {
    for (const table of this.#tables.values()) if (table.isUsed) this.openIn(table, unit);
  }

  retryNow(cluster: ClusterId | null): void {
    for (const table of this.#tables.values()) table.retryNow(cluster);
  }

  [Symbol.dispose](): void {
    for (const table of this.#tables.values()) table[Symbol.dispose]();
    this.#tables.clear();
  }

  #tableOf(resource: ApiResource): ResourceTable {
    const id = resourceName(resource);
    let table = this.#tables.get(id);
    if (table === undefined) {
      table = new ResourceTable(id, resource, {
        kube: this.#deps.kube,
        clock: this.#deps.clock,
        namespacesOf: (unit) => unit.fallbackNamespaces(),
        onShape: ({ table: shown }) => this.#deps.views().reshape(shown),
        onLook: ({ table: shown }) => this.#deps.views().refreshTable(shown),
      });
      this.#tables.set(id, table);
    }
    return table;
  }
}
