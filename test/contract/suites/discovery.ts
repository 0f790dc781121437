// What a server says about itself: aggregated discovery, its cache tag, the plain lists of old, version, OpenAPI.
import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { Suite } from '../contract.ts';
import { eventually, type Fixture } from '../fixture.ts';
import type { Json } from '../wire.ts';

export const aggregated = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

const widgetCrd = (group: string): object => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {}, scale: { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size' } },
        additionalPrinterColumns: [
          { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
          { name: 'Color', type: 'string', jsonPath: '.spec.color', priority: 1 },
        ],
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', properties: { size: { type: 'integer' }, color: { type: 'string' } } },
              status: { type: 'object', properties: { size: { type: 'integer' } } },
            },
          },
        },
      },
    ],
  },
});

/** Makes a kind of its own for one test; resolves when it is served. `remove` takes it away again. */
export async function customKind(fixture: Fixture): Promise<{ group: string; path: string; remove(): Promise<void> }> {
  const group = `c${randomBytes(3).toString('hex')}.contract.test`;
  const crds = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  await fixture.create(crds, widgetCrd(group));
  const path = `/apis/${group}/v1/namespaces/${fixture.namespace}/widgets`;
  await eventually(
    'the new kind',
    () => fixture.admin.send(path),
    (answer) => answer.status === 200,
  );
  return {
    group,
    path,
    async remove() {
      await fixture.admin.send(`${crds}/widgets.${group}`, { method: 'DELETE' });
    },
  };
}

const groupNamed = (list: Json, name: string): Json => list.items.find((each: Json) => each.metadata.name === name);

export const discoverySuite: Suite = {
  name: 'discovery',
  declare(contract) {
    contract('aggregated discovery answers /api and /apis in one request each', async ({ admin }) => {
      const core = await admin.send('/api', { headers: { accept: aggregated } });
      const groups = await admin.send('/apis', { headers: { accept: aggregated } });

      for (const answer of [core, groups]) {
        expect(answer.status).toBe(200);
        expect(answer.headers['content-type']).toBe(
          'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
        );
        expect(answer.json()).toMatchObject({ kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2' });
      }
      const pods = core.json().items[0].versions[0].resources.find((each: Json) => each.resource === 'pods');
      expect(pods).toMatchObject({
        resource: 'pods',
        responseKind: { group: '', version: '', kind: 'Pod' },
        scope: 'Namespaced',
        singularResource: 'pod',
        shortNames: ['po'],
        categories: ['all'],
      });
      expect(pods.verbs).toEqual(expect.arrayContaining(['get', 'list', 'watch', 'patch', 'delete']));
      const apps = groupNamed(groups.json(), 'apps').versions[0];
      expect(apps).toMatchObject({ version: 'v1', freshness: 'Current' });
      const deployments = apps.resources.find((each: Json) => each.resource === 'deployments');
      expect(deployments.subresources.map((each: Json) => each.subresource)).toEqual(
        expect.arrayContaining(['scale', 'status']),
      );
      // Types of the core group are on /api alone.
      expect(groupNamed(groups.json(), '')).toBeUndefined();
    });

    contract('the cache tag of discovery is answered with 304 when it is sent back unchanged', async ({ admin }) => {
      const first = await admin.send('/apis', { headers: { accept: aggregated } });
      const tag = first.headers['etag'] ?? '';

      expect(tag).toMatch(/^"[0-9A-F]{128}"$/i);
      expect(first.headers['cache-control']).toBe('public');
      const again = await admin.send('/apis', { headers: { accept: aggregated, 'if-none-match': tag } });
      expect([again.status, again.text]).toEqual([304, '']);
      const unquoted = await admin.send('/apis', {
        headers: { accept: aggregated, 'if-none-match': tag.replaceAll('"', '') },
      });
      expect(unquoted.status).toBe(200);
    });

    contract('without the aggregated type the plain lists are answered', async ({ admin }) => {
      const versions = await admin.send('/api');
      const groups = await admin.send('/apis', {
        headers: { accept: 'application/json;g=apidiscovery.k8s.io;v=v0;as=APIGroupDiscoveryList,application/json' },
      });
      const resources = await admin.json('/apis/apps/v1');

      expect(versions.json()).toMatchObject({ kind: 'APIVersions', versions: ['v1'] });
      expect(groups.headers['content-type']).toBe('application/json');
      expect(groups.headers['etag']).toBeUndefined();
      expect(groups.json().kind).toBe('APIGroupList');
      const apps = groups.json().groups.find((each: Json) => each.name === 'apps');
      expect(apps.preferredVersion).toEqual({ groupVersion: 'apps/v1', version: 'v1' });
      expect(resources).toMatchObject({ kind: 'APIResourceList', groupVersion: 'apps/v1' });
      expect(resources.resources.map((each: Json) => each.name)).toEqual(
        expect.arrayContaining(['deployments', 'deployments/scale', 'statefulsets']),
      );
    });

    contract('discovery is never compressed and open to a user without rights', async ({ nobody }) => {
      const answer = await nobody.send('/apis', { headers: { accept: aggregated, 'accept-encoding': 'gzip' } });

      expect(answer.status).toBe(200);
      expect(answer.headers['content-encoding']).toBeUndefined();
      expect((await nobody.send('/version')).json()).toMatchObject({
        major: '1',
        gitVersion: expect.stringMatching(/^v1\.\d+\.\d+/),
      });
      expect((await nobody.send('/readyz')).text).toBe('ok');
    });

    contract('a new kind is served and discovered, and gone after its definition', async (fixture) => {
      const kind = await customKind(fixture);
      const read = () => fixture.admin.json('/apis', { headers: { accept: aggregated } });

      const found = await eventually('the new group', read, (list) => groupNamed(list, kind.group) !== undefined);
      const resource = groupNamed(found, kind.group).versions[0].resources[0];
      expect(resource).toMatchObject({
        resource: 'widgets',
        responseKind: { group: kind.group, version: 'v1', kind: 'Widget' },
        shortNames: ['wd'],
        categories: ['all'],
      });
      expect(resource.subresources.map((each: Json) => each.subresource)).toEqual(
        expect.arrayContaining(['scale', 'status']),
      );

      await kind.remove();
      await eventually('the group to go', read, (list) => groupNamed(list, kind.group) === undefined);
      expect((await fixture.admin.send(kind.path)).status).toBe(404);
    });

    contract('OpenAPI v3 has an index with a hash per group, and documents that never change', async ({ admin }) => {
      const index = (await admin.send('/openapi/v3')).json();
      const url: string = index.paths['apis/apps/v1'].serverRelativeURL;

      expect(url).toMatch(/^\/openapi\/v3\/apis\/apps\/v1\?hash=[0-9A-F]+$/i);
      const document = await admin.send(url);
      expect(document.status).toBe(200);
      expect(document.headers['cache-control']).toContain('immutable');
      expect(document.json().components.schemas['io.k8s.api.apps.v1.Deployment']).toBeDefined();
    });
  },
};
