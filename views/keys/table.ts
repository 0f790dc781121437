// The one table of keys. What is not in here is not bound; what is in here is found by `?`, `x`, the footer and the docs.
import { clusterKeys } from '../clusters/clusters-keys.ts';
import { documentKeys } from '../document/document-keys.ts';
import { logKeys } from '../logs/logs-keys.ts';
import type { Binding, Spot } from './binding.ts';
import { lookKeys } from './look-keys.ts';
import { moveKeys } from './move-keys.ts';
import { objectKeys } from './object-keys.ts';
import { sessionKeys } from './session-keys.ts';
import { writeKeys } from './write-keys.ts';

/** Keys of one kind of pane stand before those of all panes: the first that applies is meant. */
export const defaultBindings: readonly Binding[] = [
  ...logKeys,
  ...documentKeys,
  ...clusterKeys,
  ...moveKeys,
  ...lookKeys,
  ...objectKeys,
  ...writeKeys,
  ...sessionKeys,
];

/** The binding that a key means at a spot. */
export const bindingFor = (bindings: readonly Binding[], key: string, spot: Spot): Binding | undefined =>
  bindings.find((binding) => binding.keys.includes(key) && binding.applies(spot));

/** Bindings that mean something at a spot: those with a key that no other has taken, and those that never had one. */
export const bindingsAt = (bindings: readonly Binding[], spot: Spot): readonly Binding[] =>
  bindings.filter(
    (binding) =>
      binding.applies(spot) &&
      (binding.keys.length === 0 || binding.keys.some((key) => bindingFor(bindings, key, spot) === binding)),
  );
