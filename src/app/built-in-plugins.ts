// The plugins that come with the program, and those of them that run.
import certManager from '../../plugins/cert-manager/index.ts';
import kubernetes from '../../plugins/kubernetes/index.ts';
import type { Config } from '../config/config.ts';
import { nearest } from '../core/near.ts';
import { cell } from '../core/sanitise.ts';
import type { Plugin } from '../plugin-api/plugin.ts';

/** In the order in which they are named when one hangs. */
const builtInPlugins: readonly Plugin[] = [kubernetes, certManager];

/** Those that the configuration lets run. */
export const enabledPlugins = ({ plugins }: Pick<Config, 'plugins'>): readonly Plugin[] =>
  builtInPlugins.filter((plugin) => !plugins.disabled.includes(plugin.id));

/** A line for each id of `plugins.disabled` that no plugin has: it switches nothing off. */
export function unknownPlugins({ plugins }: Pick<Config, 'plugins'>): readonly string[] {
  const ids = builtInPlugins.map((plugin) => plugin.id);
  return plugins.disabled
    .filter((id) => !ids.includes(id))
    .map((id) => {
      const near = nearest(id, ids);
      const next = near === null ? `there are ${ids.join(', ')}` : `did you mean ${near}?`;
      return `plugins.disabled: no plugin is called ${cell(id)}; ${next}`;
    });
}
