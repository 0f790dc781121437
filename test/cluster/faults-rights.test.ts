// Tokens and rights that are taken away and given back while the engine looks.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { controlPlaneAvailability } from './availability.ts';
import type { TestCluster } from './cluster.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { type Freshness, watchFreshness } from './support/freshness.ts';
import { pod } from './support/objects.ts';
import { openFleet, type TestFleet } from './support/open-fleet.ts';
import { watchProblems } from './support/problem-watch.ts';
import { until } from './until.ts';

const here = controlPlaneAvailability();
const home = 'stream';

describe.skipIf(!here.available)('rights that change under way', { timeout: 180_000 }, () => {
  let plane: ControlPlane;
  let one: TestCluster;
  let two: TestCluster;
  let fleet: TestFleet;
  let freshness: Freshness;
  let count = 0;
  const figures: string[] = [];
  const podRule = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }];

  beforeAll(async () => {
    const users = [
      { name: 'guest', token: 'guest-token' },
      // Its right to list pods hangs on a binding of its own, so that it can be taken away alone.
      { name: 'half', token: 'half-token' },
    ];
    plane = await startControlPlane({ clusters: [{ name: 'one' }, { name: 'two' }], nodes: 1, users });
    one = plane.cluster('one');
    two = plane.cluster('two');
    const rest = [
      { apiGroups: ['apps', 'batch'], resources: ['*'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: [''], resources: ['services', 'events', 'nodes', 'namespaces'], verbs: ['get', 'list', 'watch'] },
    ];
    for (const cluster of plane.clusters) {
      await cluster.namespace(home);
      await cluster.apply([pod(home, 'first', { image: 'first:1' })]);
      for (const user of ['guest', 'half']) await cluster.grant(user, { role: rest });
      await cluster.grant('guest', { role: 'view' });
    }
    await one.grant('half', { role: 'view' });
  });
  afterAll(async () => {
    if (figures.length > 0) process.stderr.write(`${figures.join('\n')}\n`);
    await plane?.stop();
  });

  /** `half` may list pods everywhere; revoked by deleting the binding. */
  const grantPods = async (cluster: TestCluster): Promise<{ revoke(): Promise<void> }> => {
    const name = 'half-pods';
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    await cluster.apply([
      { apiVersion, kind: 'ClusterRole', metadata: { name }, rules: podRule },
      {
        apiVersion,
        kind: 'ClusterRoleBinding',
        metadata: { name },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
        subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'half' }],
      },
    ]);
    return {
      revoke: async () => {
        await cluster.kubectl('delete', 'clusterrolebinding', name);
      },
    };
  };

  const open = async (user: string): Promise<Disposable> => {
    fleet = await openFleet({ kubeconfigPath: plane.kubeconfigFor(user) });
    await fleet.settled();
    freshness = watchFreshness(fleet, 'pods');
    await freshness.all('two', 'fresh');
    return {
      [Symbol.dispose]() {
        freshness[Symbol.dispose]();
        fleet[Symbol.dispose]();
      },
    };
  };

  const expectStreaming = async (cluster: TestCluster): Promise<void> => {
    const name = `meanwhile-${++count}`;
    await cluster.apply([pod(home, name, { image: 'meanwhile:1' })]);
    await until(`the row of ${name}`, () =>
      freshness.rows(cluster.name).some((row) => row.name === name && !row.stale),
    );
  };

  test('the right to list pods is taken away: what is missing is named, the rest streams, and it comes back', async () => {
    const pods = await grantPods(two);
    using _open = await open('half');
    using deployments = fleet.table('namespaces');
    await until('namespaces of both', () => new Set(deployments.rows.flatMap((row) => row.clusters)).size === 2);
    expect(freshness.rows('two').map(({ name }) => name)).toContain('first');

    await pods.revoke();
    // A watch that is open goes on until it ends by itself; nobody is told that a right was taken away.
    const revokedAt = Date.now();
    await two.restart();
    await until('the denial', () => fleet.cluster('two').denied.some(({ resource }) => resource === 'pods'), {
      timeoutMs: 60_000,
    });
    figures.push(`pods denied: told ${Date.now() - revokedAt} ms after the server was started without that right`);
    expect(fleet.cluster('two').denied.find(({ resource }) => resource === 'pods')).toMatchObject({
      verb: 'list',
      rule: expect.stringMatching(/^list pods (at the cluster scope|in namespace default)$/),
    });
    expect(freshness.rows('two').filter((row) => !row.stale)).toEqual([]);
    await until('coverage', () => fleet.engine.fleet?.coverage.deniedKinds.includes('pods'));
    expect(fleet.cluster('two').state.phase).toBe('live');
    await two.namespace('still-streams');
    await until('a new namespace of it', () => deployments.rows.some(({ name }) => name === 'still-streams'));
    await expectStreaming(one);

    const grantedAt = Date.now();
    await grantPods(two);
    await fleet.engine.ask({ ask: 'retry', cluster: fleet.id('two') });
    await until('its pods', () => freshness.rows('two').some((row) => row.name === 'first' && !row.stale));
    figures.push(`pods denied: rows back ${Date.now() - grantedAt} ms after the right was given back and looked for`);
    expect(fleet.cluster('two').denied.filter(({ resource }) => resource === 'pods')).toEqual([]);
    expect(fleet.engine.fleet?.coverage.deniedKinds).not.toContain('pods');
  });

  test('a token is revoked: a login is needed, nothing of it is fresh, the other cluster streams', async () => {
    using _open = await open('guest');
    using problems = watchProblems(fleet);
    const revokedAt = Date.now();
    await two.revokeToken('guest');
    const told = await fleet.phase('two', ['login'], 60_000);
    figures.push(`token revoked: login needed ${told - revokedAt} ms after (with the restart of the server)`);
    const staleAt = await freshness.all('two', 'stale');
    const { state } = fleet.cluster('two');
    expect(state).toMatchObject({ phase: 'login', message: expect.stringMatching(/401|[Uu]nauthorized|refuse/) });
    expect(JSON.stringify(state)).not.toContain('guest-token');
    const sighting = await problems.appears(
      'login needed',
      ({ rule, row }) => rule === 'cluster-login' && row.name === 'two',
      10_000,
    );
    expect(await problems.behind(sighting)).toMatchObject([
      { title: 'Login needed', ref: { kind: 'Cluster', name: 'two' } },
    ]);
    expect(fleet.engine.fleet?.coverage).toMatchObject({ live: 1, wanted: 2 });
    await expectStreaming(one);
    expect(freshness.freshSince(staleAt, 'two')).toEqual([]);

    // Somebody gives the token back: a person says that the login is renewed, and it is live.
    await two.restoreToken('guest');
    await fleet.engine.ask({ ask: 'logged-in', cluster: fleet.id('two') });
    await fleet.phase('two', ['live'], 60_000);
    await freshness.all('two', 'fresh');
    await problems.clears('login needed', ({ rule }) => rule === 'cluster-login', 10_000);
    await expectStreaming(two);
  });
});
