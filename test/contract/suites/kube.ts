// Our own client on every server: what src/kube makes of the answers that the other suites looked at raw.
import { expect } from 'vitest';
import { reviewAccess, reviewRules, verdictOf, whoAmI } from '../../../src/kube/discovery/access.ts';
import type { ApiError } from '../../../src/kube/api-error.ts';
import { discover } from '../../../src/kube/discovery/discovery.ts';
import { followLog } from '../../../src/kube/logs/log-stream.ts';
import { reflectTable } from '../../../src/kube/reflect/table.ts';
import type { Suite } from '../contract.ts';
import { configMap, configMapCount, eventually } from '../fixture.ts';
import { follow } from '../follow.ts';
import { startRelay } from '../relay.ts';

const soon = (what: string, done: () => boolean, timeoutMs?: number): Promise<unknown> =>
  eventually(
    what,
    async () => done(),
    (is) => is,
    timeoutMs,
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
      using kube = fixture.openKube('viewer');

      const list = (await kube.session.json({ path: `${fixture.configMaps}?labelSelector=contract%3Dyes` })) as {
        items: unknown[];
      };

      expect(list.items.length).toBe(configMapCount);
      expect(kube.events.find((event) => event.type === 'connected')).toEqual({ type: 'connected', protocol: 'h2' });
      expect(kube.fallbacks).toEqual([]);
    });

    contract('a reflector reads the whole set, then every change', async (fixture) => {
      using kube = fixture.openKube('viewer');
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
      using kube = fixture.openKube('viewer');
      using followed = follow(fixture, kube);
      await soon('the first set', () => followed.seen('synced'));

      expect(kube.fallbacks).toEqual([]);
    });

    contract('a slow link is read as compressed pages instead', async (fixture) => {
      using kube = fixture.openKube('viewer');
      using followed = follow(fixture, kube, { slow: () => true });
      await soon('the first set', () => followed.seen('synced'));

      expect(followed.names().length).toBe(configMapCount);
    });

    contract('columns of a table are known before its rows, streamed or listed', async (fixture) => {
      for (const slow of [false, true]) {
        using kube = fixture.openKube('viewer');
        const stop = new AbortController();
        const told: string[] = [];
        reflectTable({
          session: kube.session,
          resource: { group: '', version: 'v1', resource: 'configmaps', namespaced: true },
          namespace: fixture.namespace,
          labelSelector: 'contract=yes',
          signal: stop.signal,
          fallbacks: kube.countFallback,
          slow: () => slow,
          onColumns: (columns) => void told.push(columns.map(({ name }) => name).join(' ')),
          onEvents: (events) => void told.push(...events.map(({ type }) => type)),
        });
        await soon('the first set', () => told.includes('synced'));
        stop.abort();

        expect(told.indexOf('Name Data Age')).toBeGreaterThan(-1);
        expect(told.indexOf('Name Data Age')).toBeLessThan(told.indexOf('upsert'));
      }
    });

    contract('a reflector without the right says which one is missing', async (fixture) => {
      using kube = fixture.openKube('nobody');
      using followed = follow(fixture, kube);
      await soon('the refusal', () => followed.seen('denied'));

      const denied = followed.events.find((event) => event.type === 'denied');
      expect(denied?.error.isMissingRight).toBe(true);
      expect(denied?.error.message).toMatch(/cannot (list|watch) resource "configmaps"/);
    });

    contract('a resource that the server does not have is absent', async (fixture) => {
      using kube = fixture.openKube('admin');
      using followed = follow(fixture, kube, {
        resource: { group: 'no.such.group', version: 'v1', resource: 'things', namespaced: true },
      });

      await soon('the answer', () => followed.seen('absent'));
    });

    contract('errors are told with their status, reason and name', async (fixture) => {
      using kube = fixture.openKube('admin');
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
      using kube = fixture.openKube({ ca, server, token: 'no-such-token' });

      const error = await errorOf(kube.session.json({ path: fixture.configMaps }));

      expect(error.kind === 'login' || error.code === 401).toBe(true);
    });

    contract('a locked session lets reviews pass and nothing that changes the cluster', async (fixture) => {
      using kube = fixture.openKube('admin', { locked: true });
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

    contract(
      'discovery finds kinds with their verbs, short names and subresources, in the first way',
      async (fixture) => {
        using kube = fixture.openKube('nobody');

        const found = await discover(kube.session, { fallbacks: kube.countFallback });

        const deployments = found.resources.find((each) => each.group === 'apps' && each.resource === 'deployments');
        expect(deployments).toMatchObject({ version: 'v1', kind: 'Deployment', namespaced: true, preferred: true });
        expect(deployments?.shortNames).toContain('deploy');
        expect(deployments?.subresources).toContain('scale');
        expect(found.resources.find((each) => each.group === '' && each.resource === 'nodes')?.namespaced).toBe(false);
        expect(found.failed).toEqual([]);
        expect(kube.fallbacks).toEqual([]);
      },
    );

    contract('rights are read at once for a namespace, and one by one', async (fixture) => {
      using kube = fixture.openKube('viewer');
      const { namespace } = fixture;
      const list = (resource: string) => ({ verb: 'list', group: '', resource, namespace });

      const rules = await reviewRules(kube.session, namespace);

      expect(verdictOf(rules, list('configmaps'))).toBe('yes');
      expect(verdictOf(rules, { ...list('pods'), verb: 'get', subresource: 'log' })).toBe('yes');
      expect(verdictOf(rules, list('secrets'))).toBe('no');
      expect(await reviewAccess(kube.session, list('configmaps'))).toBe('yes');
      expect(await reviewAccess(kube.session, list('secrets'))).toBe('no');
      expect((await whoAmI(kube.session)).username).toBe(await fixture.nameOf('viewer'));
    });

    contract('a log is followed over cut connections: no line is lost, none comes twice', async (fixture) => {
      const { identities } = fixture.server;
      const pod = await fixture.server.loggingPod();
      await using relay = await startRelay(identities.admin.server);
      using kube = fixture.openKube({ ...identities.admin, server: relay.server });
      const stop = new AbortController();
      const lines: string[] = [];
      const marks: string[] = [];
      const followed = followLog({
        session: kube.session,
        namespace: pod.namespace,
        pod: pod.name,
        container: pod.container,
        previous: false,
        follow: true,
        tailLines: 3,
        sinceSeconds: null,
        onLine: (line) => void lines.push(`${line.time ?? ''} ${line.bytes.toString()}`),
        onMark: (mark) => void marks.push(mark.mark),
        podState: () => ({
          exists: true,
          containerId: 'one',
          isRunning: true,
          isFinal: false,
          restarts: 0,
          exitCode: null,
          reason: '',
        }),
        signal: stop.signal,
      });
      for (const enough of [5, 8]) {
        await soon(`${enough} lines`, () => lines.length >= enough);
        relay.cut();
      }
      await soon('the rest', () => lines.length >= 11);
      stop.abort();
      await followed.done;

      const path = `/api/v1/namespaces/${pod.namespace}/pods/${pod.name}/log?container=${pod.container}&timestamps=true`;
      const whole = (await fixture.admin.send(path)).text.trimEnd().split('\n');
      const from = whole.indexOf(lines[0] ?? '');
      expect(lines).toEqual(whole.slice(from, from + lines.length));
      expect(marks).not.toContain('gap');
    });
  },
};
