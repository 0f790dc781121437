import { describe, expect, test } from 'vitest';
import { decodeProtobuf } from './protobuf.ts';
import { parseRequest } from './request.ts';

describe('a URL', () => {
  test.each([
    ['GET', '/api/v1/pods', { resource: 'pods', namespace: '', name: '', verb: 'list' }],
    ['GET', '/api/v1/namespaces/shop/pods?watch=1', { resource: 'pods', namespace: 'shop', verb: 'watch' }],
    ['GET', '/api/v1/namespaces/shop', { resource: 'namespaces', namespace: 'shop', name: 'shop', verb: 'get' }],
    [
      'PATCH',
      '/apis/apps/v1/namespaces/shop/deployments/cart/scale',
      { group: 'apps', name: 'cart', subresource: 'scale', verb: 'patch' },
    ],
    ['GET', '/api/v1/namespaces/shop/pods/p/log?follow=true', { subresource: 'log', verb: 'get' }],
    ['DELETE', '/api/v1/namespaces/shop/pods', { verb: 'deletecollection', name: '' }],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Dx', { verb: 'list', name: 'x' }],
    ['PUT', '/api/v1/namespaces/shop/status', { resource: 'namespaces', name: 'shop', subresource: 'status' }],
  ])('%s %s', (method, url, target) => {
    expect(parseRequest(method, url).target).toMatchObject(target);
  });

  test.each(['/', '/version', '/api', '/api/v1', '/apis/apps', '/apis/apps/v1', '/livez'])(
    '%s is no resource',
    (url) => {
      expect(parseRequest('GET', url).target).toBeNull();
    },
  );
});

describe('a protobuf body', () => {
  const field = (n: number, value: Buffer | string): Buffer => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([(n << 3) | 2, bytes.length]), bytes]);
  };
  const wrapped = (kind: string, raw: Buffer): Buffer =>
    Buffer.concat([
      Buffer.from('k8s\0'),
      field(1, Buffer.concat([field(1, 'authorization.k8s.io/v1'), field(2, kind)])),
      field(2, raw),
    ]);

  test('an access review is read as kubectl sends it', () => {
    const about = Buffer.concat([field(1, 'shop'), field(2, 'list'), field(5, 'pods')]);
    const body = wrapped('SelfSubjectAccessReview', field(2, field(1, about)));

    expect(decodeProtobuf(body, 'SelfSubjectAccessReview')).toEqual({
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { resourceAttributes: { namespace: 'shop', verb: 'list', resource: 'pods' } },
    });
  });

  test('a Deployment is read with its maps and lists', () => {
    const label = field(1, Buffer.concat([field(1, 'app'), field(2, 'x')]));
    const pod = field(2, Buffer.concat([field(1, 'c'), field(2, 'x:1')]));
    const template = Buffer.concat([
      field(1, field(11, Buffer.concat([field(1, 'app'), field(2, 'x')]))),
      field(2, pod),
    ]);
    const spec = Buffer.concat([Buffer.from([0x08, 0x02]), field(2, label), field(3, template)]);

    expect(
      decodeProtobuf(wrapped('Deployment', Buffer.concat([field(1, field(1, 'x')), field(2, spec)])), 'Deployment'),
    ).toMatchObject({
      kind: 'Deployment',
      metadata: { name: 'x' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'x' } },
        template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'x:1' }] } },
      },
    });
  });

  test('other messages, other bytes and cut bytes are not read', () => {
    expect(decodeProtobuf(wrapped('Pod', Buffer.alloc(0)), 'Pod')).toBeNull();
    expect(decodeProtobuf(Buffer.from('{}'), 'SelfSubjectReview')).toBeNull();
    const cut = Buffer.from([...Buffer.from('k8s\0'), 0x0a, 0xff, 0xff]);
    expect(decodeProtobuf(cut, 'SelfSubjectReview')).toBeNull();
  });
});
