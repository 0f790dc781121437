// The built-in plugins by name alone: the main thread names the one that hangs and loads none of them.

/** Ids in the order in which the engine runs them. */
export const builtInPluginIds = ['kubernetes', 'cert-manager'] as const;

export type BuiltInPluginId = (typeof builtInPluginIds)[number];
