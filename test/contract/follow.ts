// A reflector on the fixture's ConfigMaps with a store behind it that understands its events as the engine does.
import { text } from '../../src/core/object.ts';
import { type PickOptions, reflect } from '../support/reflect.ts';
import type { WatchEvent } from '../../src/kube/reflect/watch-event.ts';
import type { Fixture } from './fixture.ts';
import type { KubeSession } from './kube-session.ts';

export type Followed = Disposable & {
  readonly events: WatchEvent[];
  names(): string[];
  seen(type: WatchEvent['type']): boolean;
};

/** Starts to reflect the ConfigMaps with the label `contract=yes`; disposing stops it. */
export function follow(fixture: Fixture, kube: KubeSession, more: Partial<PickOptions> = {}): Followed {
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const rows = new Set<string>();
  let fresh: Set<string> | null = null;
  reflect({
    session: kube.session,
    resource: { group: '', version: 'v1', resource: 'configmaps', namespaced: true },
    namespace: fixture.namespace,
    labelSelector: 'contract=yes',
    pick: { data: 1 },
    onEvents(batch) {
      for (const event of batch) {
        events.push(event);
        if (event.type === 'sync-started') fresh = new Set();
        if (event.type === 'upsert') {
          const name = text(event.object, 'metadata', 'name');
          rows.add(name);
          fresh?.add(name);
        }
        if (event.type === 'delete') rows.delete(text(event.object, 'metadata', 'name'));
        if (event.type === 'synced') {
          for (const name of rows) if (fresh?.has(name) === false) rows.delete(name);
          fresh = null;
        }
      }
    },
    signal: stop.signal,
    fallbacks: kube.countFallback,
    slow: () => false,
    ...more,
  });
  return {
    events,
    names: () => [...rows].sort(),
    seen: (type) => events.some((event) => event.type === type),
    [Symbol.dispose]: () => stop.abort(),
  };
}
