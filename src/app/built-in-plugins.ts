// The plugins that come with the program, by name alone: the main thread names the one that hangs and loads none of them.
import type { Config } from '../config/config.ts';
import { nearest } from '../core/near.ts';
import { cell } from '../core/sanitise.ts';

/** Ids in the order in which the engine runs them. */
const builtInPluginIds = ['kubernetes', 'cert-manager'] as const;

export type BuiltInPluginId = (typeof builtInPluginIds)[number];

/** Those that the configuration lets run. */
export const enabledPluginIds = ({ plugins }: Pick<Config, 'plugins'>): readonly BuiltInPluginId[] =>
  builtInPluginIds.filter((id) => !plugins.disabled.includes(id));

/** A line for each id of `plugins.disabled` that no plugin has: it switches nothing off. */
export function unknownPlugins({ plugins }: Pick<Config, 'plugins'>): readonly string[] {
  const ids: readonly string[] = builtInPluginIds;
  return plugins.disabled
    .filter((id) => !ids.includes(id))
    .map((id) => {
      const near = nearest(id, ids);
      const next = near === null ? `there are ${ids.join(', ')}` : `did you mean ${near}?`;
      return `plugins.disabled: no plugin is called ${cell(id)}; ${next}`;
    });
}
