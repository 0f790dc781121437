// The connection: its settings, many streams at once, pings.
import { expect } from 'vitest';
import type { Suite } from '../contract.ts';
import { configMapCount, eventually } from '../fixture.ts';
import { within } from '../wire.ts';
import { isEndOfInitialEvents } from './watch.ts';

export const connectionSuite: Suite = {
  name: 'connection',
  declare(contract) {
    contract('one connection carries a hundred streams', async ({ admin }) => {
      expect(admin.session.alpnProtocol).toBe('h2');
      expect(admin.settings.maxConcurrentStreams).toBe(100);
      expect(admin.settings.initialWindowSize).toBeGreaterThanOrEqual(65_535);
    });

    contract('a ping is answered', async ({ admin }) => {
      const time = await within(
        5_000,
        'the answer to a ping',
        new Promise<number>((resolve, reject) => {
          admin.session.ping((error, duration) => (error === null ? resolve(duration) : reject(error)));
        }),
      );

      expect(time).toBeGreaterThanOrEqual(0);
    });

    contract('the stream after the hundredth waits until another ends', async (fixture) => {
      const wire = await fixture.open('admin');
      const path = `${fixture.configMaps}?watch=1&labelSelector=no%3Dsuch&timeoutSeconds=60`;
      const list = await wire.json(fixture.configMaps);
      const watches = await Promise.all(
        Array.from({ length: 100 }, () => wire.open(`${path}&resourceVersion=${list.metadata.resourceVersion}`)),
      );
      let answered = false;
      const waiting = wire.send('/version').then(
        () => {
          answered = true;
        },
        () => undefined,
      );
      // The other session of the same user is not held up.
      expect((await fixture.admin.send('/version')).status).toBe(200);
      expect(answered).toBe(false);

      watches[0]?.close();

      // A server may still count the stream that was closed just now, and refuse the one that takes its place.
      await waiting;
      await eventually(
        'a free place',
        () => wire.send('/version').catch(() => null),
        (answer) => answer?.status === 200,
      );
      for (const watch of watches) watch.close();
      wire.close();
    });

    contract('watches and lists share a session', async ({ admin, configMaps }) => {
      const watch = await admin.open(`${configMaps}?watch=1&labelSelector=contract%3Dyes`);
      const lists = await Promise.all(
        Array.from({ length: 10 }, () => admin.json(`${configMaps}?labelSelector=contract%3Dyes`)),
      );
      const first = await watch.event();
      watch.close();

      expect(lists.map((list) => list.items.length)).toEqual(Array.from({ length: 10 }, () => configMapCount));
      expect(isEndOfInitialEvents(first)).toBe(false);
    });
  },
};
