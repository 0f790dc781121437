// Our own client on every server: what src/kube makes of the answers that the other suites looked at raw.
import { expect } from 'vitest';
import type { ApiError } from '../../../src/kube/api-error.ts';
import type { Suite } from '../contract.ts';
import { configMap, configMapCount, eventually } from '../fixture.ts';
import { follow } from '../follow.ts';
import { openKubeSession } from '../kube-session.ts';

const soon = (what: string, done: () => boolean): Promise<unknown> =>
  eventually(
    what,
    async () => done(),
    (is) => is,
  );

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const settled = await promise.then(
    () => null,
    (error: ApiError) => error,
  );
  if (settled === null) throw new Error('it was answered without an error');
  return settled;
}

export const kubeSuite: Suite = {
  name: 'our client',
  declare(contract) {
    contract('a session speaks HTTP/2 and reads whole answers', async (fixture) => {
      using kube = openKubeSession(fixture.server.identities.viewer);

      const list = (await kube.session.json({ path: `${fixture.configMaps}?labelSelector=contract%3Dyes` })) as {
        items: unknown[];
      };

      expect(list.items.length).toBe(configMapCount);
      expect(kube.events.find((event) => event.type === 'connected')).toEqual({ type: 'connected', protocol: 'h2' });
      expect(kube.fallbacks).toEqual([]);
    });

    contract('a reflector reads the whole set, then every change', async (fixture) => {
      using kube = openKubeSession(fixture.server.identities.viewer);
      using followed = follow(fixture, kube);
      await soon('the first set', () => followed.seen('synced'));
      const first = followed.names();

      await fixture.create(fixture.configMaps, configMap('reflected'));
      await soon('the new object', () => followed.names().includes('reflected'));
      await fixture.admin.json(`${fixture.configMaps}/reflected`, { method: 'DELETE' });
      await soon('its end', () => !followed.names().includes('reflected'));

      expect(first.length).toBe(configMapCount);
      expect(followed.names()).toEqual(first);
      expect(followed.events[0]?.type).toBe('sync-started');
      expect(followed.seen('interrupted')).toBe(false);
    });

    contract('where a server can stream the first set, it is streamed: no fall-back is taken', async (fixture) => {
      using kube = openKubeSession(fixture.server.identities.viewer);
      using followed = follow(fixture, kube);
      await soon('the first set', () => followed.seen('synced'));

      expect(kube.fallbacks).toEqual([]);
    });

    contract('a slow link is read as compressed pages instead', async (fixture) => {
      using kube = openKubeSession(fixture.server.identities.viewer);
      using followed = follow(fixture, kube, { slow: () => true });
      await soon('the first set', () => followed.seen('synced'));

      expect(followed.names().length).toBe(configMapCount);
    });

    contract('a reflector without the right says which one is missing', async (fixture) => {
      using kube = openKubeSession(fixture.server.identities.nobody);
      using followed = follow(fixture, kube);
      await soon('the refusal', () => followed.seen('denied'));

      const denied = followed.events.find((event) => event.type === 'denied');
      expect(denied?.error.isMissingRight).toBe(true);
      expect(denied?.error.message).toMatch(/cannot (list|watch) resource "configmaps"/);
    });

    contract('a resource that the server does not have is absent', async (fixture) => {
      using kube = openKubeSession(fixture.server.identities.admin);
      using followed = follow(fixture, kube, {
        resource: { group: 'no.such.group', version: 'v1', resource: 'things', namespaced: true },
      });

      await soon('the answer', () => followed.seen('absent'));
    });

    contract('errors are told with their status, reason and name', async (fixture) => {
      using kube = openKubeSession(fixture.server.identities.admin);
      const ask = (path: string): Promise<ApiError> => errorOf(kube.session.json({ path }));

      const missing = await ask(`${fixture.configMaps}/nope`);
      const bad = await ask(`${fixture.configMaps}?labelSelector=a%20b%20c`);
      const group = await ask('/apis/no.such.group/v1/things');

      expect([missing.kind, missing.code, missing.status?.reason, missing.status?.name]).toEqual([
        'status',
        404,
        'NotFound',
        'nope',
      ]);
      expect([bad.code, bad.status?.reason]).toEqual([400, 'BadRequest']);
      expect([group.code, group.status?.name ?? null]).toEqual([404, null]);
    });

    contract('a token that is not known needs a login', async (fixture) => {
      const { ca, server } = fixture.server.identities.nobody;
      using kube = openKubeSession({ ca, server, token: 'no-such-token' });

      const error = await errorOf(kube.session.json({ path: fixture.configMaps }));

      expect(error.kind === 'login' || error.code === 401).toBe(true);
    });

    contract('a locked session lets reviews pass and nothing that changes the cluster', async (fixture) => {
      using kube = openKubeSession(fixture.server.identities.admin, { locked: true });
      const review = await kube.session.json({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes: { verb: 'list', resource: 'pods' } },
        }),
      });
      const write = await errorOf(kube.session.json({ method: 'DELETE', path: `${fixture.configMaps}/cm-00` }));

      expect(review).toMatchObject({ status: { allowed: true } });
      expect(write.kind).toBe('locked');
      expect((await fixture.admin.send(`${fixture.configMaps}/cm-00`)).status).toBe(200);
    });
  },
};
