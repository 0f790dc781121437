// Who may do what: reviews, the words of a refusal, tokens that are not known.
import { expect } from 'vitest';
import type { Suite } from '../contract.ts';
import { openWire, type Wire, within } from '../wire.ts';

type Rule = { verbs: string[]; apiGroups: string[]; resources: string[] };

const review = async (wire: Wire, attributes: object): Promise<{ allowed: boolean }> => {
  const answer = await wire.json('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: attributes },
    },
  });
  return answer.status;
};

export const rightsSuite: Suite = {
  name: 'rights',
  declare(contract) {
    contract(
      'an access review answers by verb, resource and subresource',
      async ({ viewer, nobody, admin, namespace }) => {
        expect((await review(viewer, { verb: 'list', resource: 'pods', namespace })).allowed).toBe(true);
        expect((await review(viewer, { verb: 'get', resource: 'pods', subresource: 'log', namespace })).allowed).toBe(
          true,
        );
        expect((await review(viewer, { verb: 'list', resource: 'secrets', namespace })).allowed).toBe(false);
        expect(
          (await review(viewer, { verb: 'patch', group: 'apps', resource: 'deployments', namespace })).allowed,
        ).toBe(false);
        expect((await review(nobody, { verb: 'list', resource: 'pods', namespace })).allowed).toBe(false);
        expect((await review(admin, { verb: 'delete', resource: 'nodes' })).allowed).toBe(true);
      },
    );

    contract('a rules review lists what may be done in one namespace', async ({ viewer, nobody, namespace }) => {
      const rules = async (wire: Wire) => {
        const answer = await wire.send('/apis/authorization.k8s.io/v1/selfsubjectrulesreviews', {
          body: { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview', spec: { namespace } },
        });
        expect(answer.status).toBe(201);
        return answer.json().status as {
          incomplete: boolean;
          resourceRules: Rule[];
        };
      };
      const may = (list: Rule[], verb: string, group: string, resource: string): boolean =>
        list.some((rule) => {
          const has = (all: string[], one: string): boolean => all.includes(one) || all.includes('*');
          return has(rule.verbs, verb) && has(rule.apiGroups, group) && has(rule.resources, resource);
        });

      const own = await rules(viewer);
      const none = await rules(nobody);

      expect(own.incomplete).toBe(false);
      expect(may(own.resourceRules, 'list', '', 'pods')).toBe(true);
      expect(may(own.resourceRules, 'get', '', 'pods/log')).toBe(true);
      expect(may(own.resourceRules, 'list', '', 'secrets')).toBe(false);
      expect(may(none.resourceRules, 'list', '', 'pods')).toBe(false);
      expect(may(none.resourceRules, 'create', 'authorization.k8s.io', 'selfsubjectaccessreviews')).toBe(true);
    });

    contract('who am I', async ({ nobody, nameOf }) => {
      const answer = await nobody.json('/apis/authentication.k8s.io/v1/selfsubjectreviews', {
        body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
      });

      expect(answer.kind).toBe('SelfSubjectReview');
      expect(await nameOf('nobody')).toBe('nobody');
      expect(answer.status.userInfo.groups).toContain('system:authenticated');
    });

    contract('a refusal names user, verb, resource, group and place', async ({ nobody, namespace }) => {
      const refused = async (path: string): Promise<object> => (await nobody.send(path)).json();

      expect(await refused(`/api/v1/namespaces/${namespace}/pods`)).toMatchObject({
        kind: 'Status',
        code: 403,
        reason: 'Forbidden',
        message: `pods is forbidden: User "nobody" cannot list resource "pods" in API group "" in the namespace "${namespace}"`,
        details: { kind: 'pods' },
      });
      expect(await refused('/apis/apps/v1/deployments')).toMatchObject({
        code: 403,
        message:
          'deployments.apps is forbidden: User "nobody" cannot list resource "deployments" in API group "apps" at the cluster scope',
        details: { group: 'apps', kind: 'deployments' },
      });
      expect(await refused(`/api/v1/namespaces/${namespace}/pods?watch=1`)).toMatchObject({
        code: 403,
        message: expect.stringContaining('cannot watch resource "pods"'),
      });
      expect(await refused(`/api/v1/namespaces/${namespace}/pods/x/log`)).toMatchObject({
        code: 403,
        message: expect.stringContaining('cannot get resource "pods/log"'),
        details: { name: 'x', kind: 'pods' },
      });
    });

    contract('a write that is not allowed is refused before it is read', async ({ viewer, configMaps }) => {
      const answer = await viewer.send(configMaps, { body: { nonsense: true } });

      expect([answer.status, answer.json().reason]).toEqual([403, 'Forbidden']);
      expect(answer.json().message).toContain('cannot create resource "configmaps"');
    });

    contract('a refusal keeps the connection, an unknown token ends it for new requests', async (fixture) => {
      const { server, namespace } = fixture;
      const nobody = await fixture.open('nobody');
      expect((await nobody.send(`/api/v1/namespaces/${namespace}/pods`)).status).toBe(403);
      expect((await nobody.send('/version')).status).toBe(200);

      const { ca, server: address } = server.identities.nobody;
      const stranger = await openWire({ ca, server: address, token: 'no-such-token' });
      const refused = await stranger.send(`/api/v1/namespaces/${namespace}/pods`);

      expect(refused.status).toBe(401);
      expect(refused.json()).toMatchObject({
        kind: 'Status',
        reason: 'Unauthorized',
        message: 'Unauthorized',
        code: 401,
      });
      expect(await within(5_000, 'GOAWAY', stranger.goaway)).toBe(0);
      stranger.close();
    });
  },
};
