// What a server serves, as discovery tells it.

export type ApiResource = {
  readonly group: string;
  readonly version: string;
  /** Plural, lower case. */
  readonly resource: string;
  readonly kind: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
  readonly subresources: readonly string[];
  /** The version that the server prefers for this group is marked; others are kept for plugins that ask for one. */
  readonly preferred: boolean;
};

export type Discovery = {
  readonly resources: readonly ApiResource[];
  /** Group versions whose discovery failed (a broken APIService), sanitised, with the reason. */
  readonly failed: readonly { readonly groupVersion: string; readonly reason: string }[];
};
