// What the main thread hands to the engine's thread at its start.

export type EngineWorkerData<Settings> = {
  /** Plain data that the program's own worker file understands. */
  readonly settings: Settings;
  /** One Int32: the number of the plugin that runs. */
  readonly running: SharedArrayBuffer;
  /** Ids of plugins that are left out, because they hung. */
  readonly without: readonly string[];
  /** Connects when the screen says that its first frame is out. */
  readonly waitsForFrame: boolean;
};
