// What a server says when it says no: Status objects and what only looks like one.
import { expect } from 'vitest';
import type { Suite } from '../contract.ts';
import { configMap } from '../fixture.ts';

export const errorsSuite: Suite = {
  name: 'errors',
  declare(contract) {
    contract('what is missing: an object, a resource, a group', async ({ admin, configMaps }) => {
      const object = await admin.send(`${configMaps}/nope`);
      const resource = await admin.send('/api/v1/nosuchthings');
      const group = await admin.send('/apis/no.such.group/v1/things');

      expect([object.status, object.json()]).toEqual([
        404,
        expect.objectContaining({
          reason: 'NotFound',
          message: 'configmaps "nope" not found',
          details: { name: 'nope', kind: 'configmaps' },
        }),
      ]);
      expect([resource.status, resource.json()]).toEqual([
        404,
        expect.objectContaining({
          reason: 'NotFound',
          message: 'the server could not find the requested resource',
          details: {},
        }),
      ]);
      expect(group.status).toBe(404);
      expect(group.headers['content-type']).toMatch(/^text\/plain/);
      expect(group.text).toBe('404 page not found\n');
    });

    contract('a stale version in a write is a conflict', async ({ admin, configMaps }) => {
      const made = await admin.json(configMaps, { body: configMap('conflict', { contract: 'no' }) });
      await admin.json(`${configMaps}/conflict`, {
        method: 'PATCH',
        body: { data: { key: 'new' } },
        contentType: 'application/merge-patch+json',
      });
      const stale = await admin.send(`${configMaps}/conflict`, {
        method: 'PATCH',
        body: { metadata: { resourceVersion: made.metadata.resourceVersion }, data: { key: 'mine' } },
        contentType: 'application/merge-patch+json',
      });

      expect(stale.status).toBe(409);
      expect(stale.json()).toMatchObject({
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on configmaps "conflict": the object has been modified; please apply your changes to the latest version and try again',
        details: { name: 'conflict', kind: 'configmaps' },
      });
      const again = await admin.send(configMaps, { body: configMap('conflict') });
      expect([again.status, again.json().reason]).toEqual([409, 'AlreadyExists']);
      await admin.send(`${configMaps}/conflict`, { method: 'DELETE' });
    });

    contract('a failed test in a JSON patch is a bare 422', async ({ admin, configMaps }) => {
      const answer = await admin.send(`${configMaps}/cm-01`, {
        method: 'PATCH',
        body: [
          { op: 'test', path: '/data/key', value: 'something else' },
          { op: 'replace', path: '/data/key', value: 'x' },
        ],
        contentType: 'application/json-patch+json',
      });

      expect([answer.status, answer.json()]).toEqual([
        422,
        expect.objectContaining({
          reason: 'Invalid',
          message: 'the server rejected our request due to an error in our request',
          details: {},
        }),
      ]);
    });

    contract('a precondition on the uid guards a deletion', async ({ admin, configMaps }) => {
      const answer = await admin.send(`${configMaps}/cm-01`, {
        method: 'DELETE',
        body: {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          preconditions: { uid: '00000000-0000-0000-0000-000000000000' },
        },
      });

      expect([answer.status, answer.json().reason]).toEqual([409, 'Conflict']);
      expect(answer.json().message).toContain(
        'the UID in the precondition (00000000-0000-0000-0000-000000000000) does not match the UID in record',
      );
      expect((await admin.send(`${configMaps}/cm-01`)).status).toBe(200);
    });

    contract('a dry run answers as the real thing and changes nothing', async ({ admin, configMaps }) => {
      const answer = await admin.json(`${configMaps}/cm-02?dryRun=All`, {
        method: 'PATCH',
        body: { data: { key: 'dry' } },
        contentType: 'application/merge-patch+json',
      });

      expect(answer.data.key).toBe('dry');
      expect((await admin.json(`${configMaps}/cm-02`)).data.key).toBe('value');
    });

    contract('wrong methods and media types', async ({ admin, configMaps }) => {
      const method = await admin.send(configMaps, { method: 'PUT', body: {} });
      const patch = await admin.send(`${configMaps}/cm-01`, { method: 'PATCH', body: {}, contentType: 'text/plain' });
      const accept = await admin.send(configMaps, { headers: { accept: 'image/png' } });
      const number = await admin.send(`${configMaps}?limit=abc`);

      expect([method.status, method.json().reason]).toEqual([405, 'MethodNotAllowed']);
      expect([patch.status, patch.json().reason]).toEqual([415, 'UnsupportedMediaType']);
      expect([accept.status, accept.json().reason]).toEqual([406, 'NotAcceptable']);
      expect([number.status, number.json().reason]).toEqual([400, 'BadRequest']);
    });

    contract('every answer can be found again in the audit log', async ({ admin, nobody, configMaps }) => {
      const ok = await admin.send(configMaps);
      const refused = await nobody.send(configMaps);

      for (const answer of [ok, refused]) expect(answer.headers['audit-id']).toMatch(/^[0-9a-f-]{36}$/);
      expect(ok.headers['cache-control']).toBe('no-cache, private');
    });
  },
};
