// What all plugins want to watch, brought together: definitions that ask for the same resource, version and selector
// share one watch, whoever they come from.
import { resourceName } from '../../core/ids.ts';
import type { PathSpec } from '../../core/object.ts';
import type { ApiResource, Discovery } from '../../kube/discovery/contract.ts';
import type { Plugin, WatchDefinition } from '../../plugin-api/plugin.ts';
import type { MorePaths } from '../../kube/reflect/watch-shape.ts';
import type { RunPlugin } from '../tables/feed.ts';
import { basePick, mergePicks } from '../tables/pick.ts';

/** A definition with the plugin it belongs to. */
export type OwnedDefinition = {
  readonly plugin: Plugin;
  readonly definition: WatchDefinition;
  /** Who finds what its `findings` say. */
  readonly finder: string;
};

/** One watch as it is wanted in one cluster. */
export type WantedWatch = {
  readonly key: string;
  readonly resource: ApiResource;
  readonly fieldSelector: string;
  readonly pick: PathSpec;
  /** What is read of some objects only; null: nothing is. */
  readonly more: MorePaths | null;
  readonly isAlways: boolean;
  readonly definitions: readonly OwnedDefinition[];
};

/** All definitions, in the order of the plugins. */
export const ownDefinitions = (plugins: readonly Plugin[]): readonly OwnedDefinition[] =>
  plugins.flatMap((plugin) =>
    plugin.watch.map((definition, i) => ({
      plugin,
      definition,
      finder: `${plugin.id}:${resourceName(definition)}:${i}`,
    })),
  );

/** The served resource that a definition understands; undefined: it sleeps here. */
export function servedFor(definition: WatchDefinition, discovery: Discovery): ApiResource | undefined {
  const served = discovery.resources.filter((r) => r.group === definition.group && r.resource === definition.resource);
  if (definition.versions === undefined) return served.find((r) => r.preferred) ?? served[0];
  for (const version of definition.versions) {
    const found = served.find((r) => r.version === version);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The same plan for everybody who serves the same. */
export function newPlanner(
  definitions: readonly OwnedDefinition[],
  runnerOf: (owned: OwnedDefinition) => RunPlugin,
): (discovery: Discovery) => readonly WantedWatch[] {
  const known = new WeakMap<Discovery, readonly WantedWatch[]>();
  return (discovery) => {
    let plan = known.get(discovery);
    if (plan === undefined) known.set(discovery, (plan = planWatches(definitions, discovery, runnerOf)));
    return plan;
  };
}

/** The watches that a cluster with this discovery can have. */
function planWatches(
  definitions: readonly OwnedDefinition[],
  discovery: Discovery,
  runnerOf: (owned: OwnedDefinition) => RunPlugin,
): readonly WantedWatch[] {
  const plan = new Map<string, WantedWatch>();
  for (const owned of definitions) {
    const { definition } = owned;
    const resource = servedFor(definition, discovery);
    if (resource === undefined || !resource.verbs.includes('list')) continue;
    const fieldSelector = definition.fieldSelector ?? '';
    const key = `${resourceName(definition)}/${resource.version}?${fieldSelector}`;
    const known = plan.get(key);
    plan.set(key, {
      key,
      resource,
      fieldSelector,
      pick: mergePicks(known?.pick ?? basePick, definition.pick),
      more: null,
      isAlways: (known?.isAlways ?? false) || definition.when === 'always',
      definitions: [...(known?.definitions ?? []), owned],
    });
  }
  return [...plan.values()].map((wanted) => ({ ...wanted, more: moreOf(wanted, runnerOf) }));
}

/** What anybody who shares the watch wants of an object, everybody gets. */
function moreOf(wanted: WantedWatch, runnerOf: (owned: OwnedDefinition) => RunPlugin): MorePaths | null {
  const asking = wanted.definitions.flatMap((owned) =>
    owned.definition.more === undefined ? [] : [{ owned, more: owned.definition.more, run: runnerOf(owned) }],
  );
  if (asking.length === 0) return null;
  return {
    id: asking.map(({ owned }) => owned.finder).join(' '),
    pick: asking.reduce((pick, { more }) => mergePicks(pick, more.pick), wanted.pick),
    // A plugin that fails on an object gets all there is of it.
    isNeeded: (object) => asking.some(({ more, run }) => run(() => more.isNeeded(object)) ?? true),
  };
}
