// WATCH: plain, with initial events (WatchList), bookmarks, tables, metadata, and how a watch ends.
import { expect } from 'vitest';
import type { Suite } from '../contract.ts';
import { configMap, configMapCount } from '../fixture.ts';
import type { Json, WatchLine } from '../wire.ts';
import { customKind } from './discovery.ts';

const wanted = 'labelSelector=contract%3Dyes';
const initial = 'watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan';
const table = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';

export const isEndOfInitialEvents = (event: WatchLine): boolean =>
  event.type === 'BOOKMARK' && initialEnd(event.object) === 'true';

const initialEnd = (object: Json): unknown =>
  (object.metadata?.annotations ?? object.rows?.[0]?.object?.metadata?.annotations ?? {})['k8s.io/initial-events-end'];

const brief = (event: WatchLine): string => `${event.type} ${event.object.metadata.name}`;

export const watchSuite: Suite = {
  name: 'watch',
  declare(contract) {
    contract(
      'a watch from the version of a list tells what happened since, with whole objects',
      async ({ admin, configMaps }) => {
        const list = await admin.json(`${configMaps}?${wanted}`);
        const watch = await admin.open(
          `${configMaps}?watch=1&${wanted}&resourceVersion=${list.metadata.resourceVersion}`,
        );
        const made = await admin.json(configMaps, { body: configMap('watched') });
        const patched = await admin.json(`${configMaps}/watched`, {
          method: 'PATCH',
          body: { data: { key: 'other' } },
          contentType: 'application/merge-patch+json',
        });
        await admin.json(`${configMaps}/watched`, { method: 'DELETE' });

        const events = await watch.until((event) => event.type === 'DELETED');
        watch.close();

        expect(watch.status).toBe(200);
        expect(watch.headers['content-type']).toBe('application/json');
        expect(events.map(brief)).toEqual(['ADDED watched', 'MODIFIED watched', 'DELETED watched']);
        expect(events[0]?.object).toMatchObject({
          kind: 'ConfigMap',
          apiVersion: 'v1',
          metadata: { resourceVersion: made.metadata.resourceVersion },
        });
        expect(events[1]?.object).toMatchObject({
          data: { key: 'other' },
          metadata: { resourceVersion: patched.metadata.resourceVersion },
        });
        // The last state, at the version of its deletion.
        expect(events[2]?.object.data).toEqual({ key: 'other' });
        expect(Number(events[2]?.object.metadata.resourceVersion)).toBeGreaterThan(
          Number(patched.metadata.resourceVersion),
        );
      },
    );

    contract(
      'an object that leaves the selector is told as deleted, with its old labels',
      async ({ admin, configMaps }) => {
        await admin.json(configMaps, { body: configMap('leaving', { contract: 'leaving' }) });
        const query = 'labelSelector=contract%3Dleaving';
        const list = await admin.json(`${configMaps}?${query}`);
        const watch = await admin.open(
          `${configMaps}?watch=1&${query}&resourceVersion=${list.metadata.resourceVersion}`,
        );
        await admin.json(`${configMaps}/leaving`, {
          method: 'PATCH',
          body: { metadata: { labels: { contract: 'left' } } },
          contentType: 'application/merge-patch+json',
        });

        const event = await watch.event();
        watch.close();

        expect([brief(event), event.object.metadata.labels.contract]).toEqual(['DELETED leaving', 'leaving']);
        await admin.send(`${configMaps}/leaving`, { method: 'DELETE' });
      },
    );

    contract('a patch that changes nothing keeps the version and tells nobody', async ({ admin, configMaps }) => {
      const before = await admin.json(`${configMaps}/cm-00`);
      const watch = await admin.open(
        `${configMaps}?watch=1&${wanted}&resourceVersion=${before.metadata.resourceVersion}&fieldSelector=metadata.name%3Dcm-00`,
      );
      const same = await admin.json(`${configMaps}/cm-00`, {
        method: 'PATCH',
        body: { data: { key: 'value' } },
        contentType: 'application/merge-patch+json',
      });
      const changed = await admin.json(`${configMaps}/cm-00`, {
        method: 'PATCH',
        body: { data: { extra: '1' } },
        contentType: 'application/merge-patch+json',
      });

      const event = await watch.event();
      watch.close();

      expect(same.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
      expect(event.object.metadata.resourceVersion).toBe(changed.metadata.resourceVersion);
      await admin.json(`${configMaps}/cm-00`, {
        method: 'PATCH',
        body: { data: { extra: null } },
        contentType: 'application/merge-patch+json',
      });
    });

    contract(
      'WatchList streams the whole set, marks its end with a bookmark, and goes on as a watch',
      async ({ admin, configMaps }) => {
        const watch = await admin.open(`${configMaps}?${initial}&${wanted}`);
        const events = await watch.until(isEndOfInitialEvents);
        const made = await admin.json(configMaps, { body: configMap('after-initial') });
        const next = await watch.event();
        watch.close();

        expect(watch.headers['content-encoding']).toBeUndefined();
        expect(events.slice(0, -1).map(brief)).toEqual(
          Array.from({ length: configMapCount }, (_, i) => `ADDED cm-${String(i).padStart(2, '0')}`),
        );
        const mark = events.at(-1)?.object;
        expect(mark).toMatchObject({ kind: 'ConfigMap', apiVersion: 'v1' });
        expect(mark.metadata.name).toBeUndefined();
        expect(Number(mark.metadata.resourceVersion)).toBeLessThan(Number(made.metadata.resourceVersion));
        expect(brief(next)).toBe('ADDED after-initial');
        await admin.send(`${configMaps}/after-initial`, { method: 'DELETE' });
      },
    );

    contract('WatchList of an empty set is its end mark alone', async ({ admin, configMaps }) => {
      const watch = await admin.open(`${configMaps}?${initial}&labelSelector=no%3Dsuch`);
      const event = await watch.event();
      watch.close();

      expect(isEndOfInitialEvents(event)).toBe(true);
    });

    contract(
      'WatchList without the rule for versions, and the rule without it, are refused',
      async ({ admin, configMaps }) => {
        const without = await admin.send(`${configMaps}?watch=1&allowWatchBookmarks=true&sendInitialEvents=true`);
        const alone = await admin.send(
          `${configMaps}?watch=1&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&resourceVersion=1`,
        );

        expect([without.status, without.json().reason]).toEqual([422, 'Invalid']);
        expect(without.json().details.causes[0].field).toMatch(/^(sendInitialEvents|resourceVersionMatch)$/);
        expect([alone.status, alone.json().details.causes[0].field]).toEqual([422, 'resourceVersionMatch']);
      },
    );

    contract(
      'a refused WatchList says so with the field sendInitialEvents, before anything is streamed; else it streams',
      async ({ admin, configMaps }) => {
        const watch = await admin.open(`${configMaps}?${initial}&${wanted}&timeoutSeconds=1`);
        const lines = await watch.rest();

        // Either way a client knows from the status alone.
        if (watch.status === 200) {
          expect(lines.map((line) => JSON.parse(line) as WatchLine).filter(isEndOfInitialEvents).length).toBe(1);
        } else {
          expect(watch.status).toBe(422);
          expect(JSON.parse(lines.join('')).details.causes.map((each: Json) => each.field)).toContain(
            'sendInitialEvents',
          );
        }
      },
    );

    contract('a watch without a version starts with what is there', async ({ admin, configMaps }) => {
      const watch = await admin.open(`${configMaps}?watch=1&${wanted}`);
      const events: WatchLine[] = [];
      for (let i = 0; i < configMapCount; i++) events.push(await watch.event());
      watch.close();

      expect(events.every((event) => event.type === 'ADDED')).toBe(true);
      expect(new Set(events.map(brief)).size).toBe(configMapCount);
    });

    contract('bookmarks come before the time of a watch is up, and its end is clean', async ({ admin, configMaps }) => {
      // A server that has seen no change of a kind since its start has nothing to tell about it.
      await admin.json(configMaps, { body: configMap('news', { contract: 'news' }) });
      await admin.json(`${configMaps}/news`, { method: 'DELETE' });
      const list = await admin.json(`${configMaps}?labelSelector=no%3Dsuch`);
      const watch = await admin.open(
        `${configMaps}?watch=1&allowWatchBookmarks=true&labelSelector=no%3Dsuch&timeoutSeconds=8&resourceVersion=${list.metadata.resourceVersion}`,
      );
      await admin.json(configMaps, { body: configMap('news', { contract: 'news' }) });
      const lines = await watch.rest(12_000);
      const events = lines.map((line) => JSON.parse(line) as WatchLine);
      await admin.send(`${configMaps}/news`, { method: 'DELETE' });

      expect(events.length).toBeGreaterThan(0);
      expect(events.every((event) => event.type === 'BOOKMARK')).toBe(true);
      expect(Number(events.at(-1)?.object.metadata.resourceVersion)).toBeGreaterThan(
        Number(list.metadata.resourceVersion),
      );
      expect(initialEnd(events.at(-1)?.object)).toBeUndefined();
    });

    contract('a watch that asks for no bookmarks gets none', async ({ admin, configMaps }) => {
      const list = await admin.json(`${configMaps}?labelSelector=no%3Dsuch`);
      const watch = await admin.open(
        `${configMaps}?watch=1&labelSelector=no%3Dsuch&timeoutSeconds=4&resourceVersion=${list.metadata.resourceVersion}`,
      );

      expect(await watch.rest(8_000)).toEqual([]);
    });

    contract(
      'a watched table has its columns in the first event only, and rows with metadata',
      async ({ admin, configMaps }) => {
        const list = await admin.json(`${configMaps}?${wanted}`);
        const watch = await admin.open(
          `${configMaps}?watch=1&${wanted}&resourceVersion=${list.metadata.resourceVersion}`,
          { headers: { accept: table } },
        );
        await admin.json(configMaps, { body: configMap('row') });
        await admin.json(`${configMaps}/row`, { method: 'DELETE' });
        const events = await watch.until((event) => event.type === 'DELETED');
        watch.close();

        const [added, deleted] = [events[0]?.object, events.at(-1)?.object];
        expect(added).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
        expect(added.columnDefinitions.map((each: Json) => each.name)).toEqual(['Name', 'Data', 'Age']);
        expect(added.rows[0].cells.slice(0, 2)).toEqual(['row', 1]);
        expect(added.rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'row' } });
        expect(added.metadata.resourceVersion).toBe(added.rows[0].object.metadata.resourceVersion);
        expect(deleted.columnDefinitions).toBeNull();
        expect(deleted.rows[0].cells[0]).toBe('row');
      },
    );

    contract('a watched table of a custom kind has its printer columns', async (fixture) => {
      const kind = await customKind(fixture);
      const list = await fixture.admin.json(kind.path);
      const watch = await fixture.admin.open(`${kind.path}?watch=1&resourceVersion=${list.metadata.resourceVersion}`, {
        headers: { accept: table },
      });
      await fixture.create(kind.path, {
        apiVersion: `${kind.group}/v1`,
        kind: 'Widget',
        metadata: { name: 'w' },
        spec: { size: 3, color: 'blue' },
      });

      const event = await watch.event();

      expect(event.object.columnDefinitions.map((each: Json) => each.name)).toEqual(['Name', 'Size', 'Color']);
      expect(event.object.rows[0].cells).toEqual(['w', 3, 'blue']);
      // The definition goes: objects are deleted, and the watch ends without an error.
      await kind.remove();
      const rest = await watch.rest(15_000);
      expect(rest.map((line) => (JSON.parse(line) as WatchLine).type)).not.toContain('ERROR');
    });

    contract('metadata alone can be watched', async ({ admin, configMaps }) => {
      const list = await admin.json(`${configMaps}?${wanted}`);
      const accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json';
      const watch = await admin.open(
        `${configMaps}?watch=1&${wanted}&resourceVersion=${list.metadata.resourceVersion}`,
        { headers: { accept } },
      );
      await admin.json(configMaps, { body: configMap('partial') });
      const event = await watch.event();
      watch.close();

      expect(event.object).toMatchObject({
        kind: 'PartialObjectMetadata',
        apiVersion: 'meta.k8s.io/v1',
        metadata: { name: 'partial' },
      });
      expect(event.object.data).toBeUndefined();
      await admin.send(`${configMaps}/partial`, { method: 'DELETE' });
    });

    contract('a version from the future is silent until the time is up', async ({ admin, configMaps }) => {
      const watch = await admin.open(
        `${configMaps}?watch=1&allowWatchBookmarks=true&${wanted}&resourceVersion=99999999999&timeoutSeconds=2`,
      );

      expect(watch.status).toBe(200);
      expect(await watch.rest(6_000)).toEqual([]);
    });
  },
};
