// LIST: what is in a list, paging with continue tokens, resource versions, selectors, compression.
import { expect } from 'vitest';
import type { Suite } from '../contract.ts';
import { configMap, configMapCount } from '../fixture.ts';
import type { Json } from '../wire.ts';
import { customKind } from './discovery.ts';

const names = (list: Json): string[] => list.items.map((each: Json) => each.metadata.name);
const wanted = 'labelSelector=contract%3Dyes';

export const listSuite: Suite = {
  name: 'list',
  declare(contract) {
    contract(
      'a list is sorted by name, has a resourceVersion, and its items no kind of their own',
      async ({ admin, configMaps }) => {
        const list = await admin.json(`${configMaps}?${wanted}`);

        expect(list).toMatchObject({ kind: 'ConfigMapList', apiVersion: 'v1' });
        expect(list.metadata.resourceVersion).toMatch(/^\d+$/);
        expect(names(list)).toEqual(
          Array.from({ length: configMapCount }, (_, i) => `cm-${String(i).padStart(2, '0')}`),
        );
        expect(list.items[0].kind).toBeUndefined();
        expect(list.items[0].metadata).toMatchObject({
          uid: expect.any(String),
          resourceVersion: expect.stringMatching(/^\d+$/),
        });
      },
    );

    contract('metadata comes before the items, and after them for a custom kind', async (fixture) => {
      const builtin = (await fixture.admin.send(fixture.configMaps)).text;
      const kind = await customKind(fixture);
      await fixture.create(kind.path, {
        apiVersion: `${kind.group}/v1`,
        kind: 'Widget',
        metadata: { name: 'a' },
        spec: { size: 1 },
      });

      const custom = await fixture.admin.send(kind.path);

      expect(Object.keys(JSON.parse(builtin) as object)).toEqual(['kind', 'apiVersion', 'metadata', 'items']);
      expect(Object.keys(custom.json())).toEqual(['apiVersion', 'items', 'kind', 'metadata']);
      expect(custom.json().items[0].kind).toBe('Widget');
      await kind.remove();
    });

    contract(
      'pages are walked with the token, all at the resourceVersion of the first',
      async ({ admin, configMaps }) => {
        const first = await admin.json(`${configMaps}?limit=10`);
        let token: string = first.metadata.continue;
        const all = names(first);
        const versions = new Set([first.metadata.resourceVersion]);
        const total = 10 + first.metadata.remainingItemCount;
        // Written between the pages: it must not show up in them.
        await admin.json(configMaps, { body: configMap('between-pages', { contract: 'late' }) });
        while (token !== undefined && token !== '') {
          const page = await admin.json(`${configMaps}?limit=10&continue=${token}`);
          all.push(...names(page));
          versions.add(page.metadata.resourceVersion);
          token = page.metadata.continue;
        }

        expect(all.length).toBe(total);
        expect(all.length).toBeGreaterThanOrEqual(configMapCount);
        expect(new Set(all).size).toBe(all.length);
        expect(all).not.toContain('between-pages');
        expect(versions.size).toBe(1);
        await admin.send(`${configMaps}/between-pages`, { method: 'DELETE' });
      },
    );

    contract('with a selector the remaining count is not told', async ({ admin, configMaps }) => {
      const page = await admin.json(`${configMaps}?limit=10&${wanted}`);

      expect(page.items.length).toBe(10);
      expect(page.metadata.continue).toEqual(expect.any(String));
      expect(page.metadata.remainingItemCount).toBeUndefined();
    });

    contract('resourceVersion=0 answers the whole list, whatever the limit', async ({ admin, configMaps }) => {
      const list = await admin.json(`${configMaps}?limit=10&resourceVersion=0&${wanted}`);

      expect(list.items.length).toBe(configMapCount);
      expect(list.metadata.continue).toBeUndefined();
    });

    contract('selectors by label and by field', async ({ admin, configMaps }) => {
      const odd = await admin.json(`${configMaps}?labelSelector=${encodeURIComponent('contract=yes,parity!=even')}`);
      const several = await admin.json(
        `${configMaps}?labelSelector=${encodeURIComponent('contract,parity in (odd,none)')}`,
      );
      const one = await admin.json(`${configMaps}?fieldSelector=metadata.name%3Dcm-03`);

      expect(names(odd)).toEqual(names(several));
      expect(odd.items.length).toBe(Math.floor(configMapCount / 2));
      expect(names(one)).toEqual(['cm-03']);
    });

    contract('bad selectors, tokens and versions are refused in known words', async ({ admin, configMaps }) => {
      const status = async (query: string): Promise<[number, string, string]> => {
        const answer = await admin.send(`${configMaps}?${query}`);
        const body = answer.json();
        return [answer.status, body.reason, body.message];
      };

      expect(await status('labelSelector=a%20b%20c')).toEqual([
        400,
        'BadRequest',
        expect.stringContaining('unable to parse requirement'),
      ]);
      expect(await status('fieldSelector=spec.foo%3D1')).toEqual([
        400,
        'BadRequest',
        expect.stringContaining('"spec.foo" is not a known field selector'),
      ]);
      const pods = (await admin.send('/api/v1/pods?fieldSelector=spec.foo%3D1')).json();
      expect([pods.code, pods.message]).toEqual([400, expect.stringContaining('field label not supported: spec.foo')]);
      expect(await status('continue=garbage')).toEqual([400, 'BadRequest', expect.stringContaining('continue')]);
      expect(await status('resourceVersionMatch=Exact')).toEqual([
        422,
        'Invalid',
        expect.stringContaining('resourceVersionMatch'),
      ]);
      expect(await status('sendInitialEvents=true')).toEqual([
        422,
        'Invalid',
        expect.stringContaining('sendInitialEvents is forbidden for list'),
      ]);
    });

    contract('a namespace that does not exist has an empty list', async ({ admin }) => {
      const list = await admin.json('/api/v1/namespaces/no-such-namespace/configmaps');

      expect(list.items).toEqual([]);
    });

    contract('a resourceVersion from the future is a timeout with the current one', async ({ admin, configMaps }) => {
      const answer = await admin.send(`${configMaps}?resourceVersion=99999999999&resourceVersionMatch=NotOlderThan`);

      expect(answer.status).toBe(504);
      expect(answer.json()).toMatchObject({
        reason: 'Timeout',
        message: expect.stringMatching(/^Timeout: Too large resource version: 99999999999, current: \d+$/),
        details: { causes: [{ reason: 'ResourceVersionTooLarge' }], retryAfterSeconds: 1 },
      });
    });

    contract('more than 128 KiB is compressed for who asks with exactly gzip', async (fixture) => {
      const { admin, configMaps } = fixture;
      const big = Array.from({ length: 20 }, (_, i) => `big-${i}`);
      for (const name of big)
        await fixture.create(configMaps, configMap(name, { contract: 'big' }, { text: 'x'.repeat(8000) }));
      const path = `${configMaps}?labelSelector=contract%3Dbig`;

      const asked = await admin.send(path, { headers: { 'accept-encoding': 'gzip' } });
      const weighed = await admin.send(path, { headers: { 'accept-encoding': 'gzip;q=1.0' } });
      const small = await admin.send(`${configMaps}?${wanted}`, { headers: { 'accept-encoding': 'gzip' } });

      expect(asked.headers['content-encoding']).toBe('gzip');
      expect(asked.json().items.length).toBe(20);
      expect(asked.size).toBeLessThan(asked.text.length / 4);
      expect(weighed.headers['content-encoding']).toBeUndefined();
      expect(small.headers['content-encoding']).toBeUndefined();
      for (const name of big) await admin.send(`${configMaps}/${name}`, { method: 'DELETE' });
    });

    contract('a table has the columns of its kind and rows with metadata', async (fixture) => {
      const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
      const table = await fixture.admin.json(`${fixture.configMaps}?${wanted}`, { headers: { accept } });

      expect(table).toMatchObject({ kind: 'Table', apiVersion: 'meta.k8s.io/v1' });
      expect(table.columnDefinitions.map((each: Json) => each.name)).toEqual(['Name', 'Data', 'Age']);
      expect(table.rows.length).toBe(configMapCount);
      expect(table.rows[0].cells.slice(0, 2)).toEqual(['cm-00', 1]);
      expect(table.rows[0].object).toMatchObject({ kind: 'PartialObjectMetadata', metadata: { name: 'cm-00' } });
      const bare = await fixture.admin.json(`${fixture.configMaps}?${wanted}&includeObject=None`, {
        headers: { accept },
      });
      expect(bare.rows[0].object).toBeNull();
      const whole = await fixture.admin.json(`${fixture.configMaps}?${wanted}&includeObject=Object`, {
        headers: { accept },
      });
      expect(whole.rows[0].object).toMatchObject({ kind: 'ConfigMap', data: { key: 'value' } });
    });

    contract('a table of a custom kind has its printer columns', async (fixture) => {
      const kind = await customKind(fixture);
      await fixture.create(kind.path, {
        apiVersion: `${kind.group}/v1`,
        kind: 'Widget',
        metadata: { name: 'a' },
        spec: { size: 7, color: 'red' },
      });

      const table = await fixture.admin.json(kind.path, {
        headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
      });

      expect(table.columnDefinitions.map((each: Json) => [each.name, each.priority])).toEqual([
        ['Name', 0],
        ['Size', 0],
        ['Color', 1],
      ]);
      expect(table.rows[0].cells).toEqual(['a', 7, 'red']);
      await kind.remove();
    });

    contract('metadata alone', async ({ admin, configMaps }) => {
      const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json';
      const list = await admin.json(`${configMaps}?${wanted}`, { headers: { accept } });

      expect(list.kind).toBe('PartialObjectMetadataList');
      expect(list.items[0]).toMatchObject({ metadata: { name: 'cm-00' } });
      expect(list.items[0].data).toBeUndefined();
    });
  },
};
