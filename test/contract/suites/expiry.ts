// What is too old: the forms of 410, and what still works afterwards. Runs last: it makes the server forget.
import { expect } from 'vitest';
import type { Suite } from '../contract.ts';
import { configMap, configMapCount, eventually } from '../fixture.ts';
import { follow } from '../follow.ts';

const wanted = 'labelSelector=contract%3Dyes';

export const expirySuite: Suite = {
  name: 'expiry',
  declare(contract) {
    contract(
      'after history was forgotten: a watch says 410 in its stream, a list and a token by status, and a new list works',
      async (fixture) => {
        const { configMaps } = fixture;
        const early = await fixture.open('admin');
        const before = await early.json(`${configMaps}?limit=10`);
        const old: string = before.metadata.resourceVersion;
        const token: string = before.metadata.continue;
        for (let i = 0; i < 5; i++)
          await early.json(configMaps, { body: configMap(`later-${i}`, { contract: 'later' }) });

        await fixture.server.forgetHistory();
        const admin = await eventually(
          'a new session',
          () => fixture.open('admin').catch(() => null),
          (wire) => wire !== null,
        );
        if (admin === null) return;

        const watch = await admin.open(`${configMaps}?watch=1&resourceVersion=${old}`);
        const first = await watch.event();
        const table = await admin.open(`${configMaps}?watch=1&resourceVersion=${old}`, {
          headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json' },
        });
        const asTable = await table.event();
        const exact = await admin.send(`${configMaps}?resourceVersion=${old}&resourceVersionMatch=Exact`);
        const page = await admin.send(`${configMaps}?limit=10&continue=${token}`);
        const fresh = await admin.json(`${configMaps}?${wanted}`);

        expect(watch.status).toBe(200);
        expect(first).toMatchObject({
          type: 'ERROR',
          object: {
            kind: 'Status',
            status: 'Failure',
            code: 410,
            reason: 'Expired',
            message: expect.stringMatching(/^too old resource version: \d+ \(\d+\)$/),
          },
        });
        expect(asTable).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410 } });
        expect([exact.status, exact.json().reason]).toEqual([410, 'Expired']);
        expect([page.status, page.json().reason]).toEqual([410, 'Expired']);
        expect(fresh.items.length).toBe(configMapCount);
        // The refusal of a token brings another that goes on from the same place, at a newer version.
        const onward = page.json().metadata.continue;
        expect(onward).toEqual(expect.any(String));
        const rest = await admin.json(`${configMaps}?limit=500&continue=${onward}`);
        expect(rest.items[0].metadata.name > before.items.at(-1).metadata.name).toBe(true);
      },
    );

    contract(
      'a reflector that was following when history was forgotten shows the truth again by itself',
      async (fixture) => {
        using kube = fixture.openKube('viewer');
        using followed = follow(fixture, kube);
        await eventually('the first set', async () => followed.seen('synced'), Boolean);
        const before = followed.names();

        await fixture.server.forgetHistory();
        const admin = await eventually('a new session', () => fixture.open('admin').catch(() => null), Boolean);
        await admin?.json(fixture.configMaps, { body: configMap('after-all') });
        // No key is pressed: the reflector comes back after its own pauses.
        await eventually('the new object', async () => followed.names().includes('after-all'), Boolean, 18_000);

        expect(followed.names()).toEqual([...before, 'after-all'].sort());
        await admin?.json(`${fixture.configMaps}/after-all`, { method: 'DELETE' });
      },
    );
  },
};
