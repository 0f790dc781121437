import { expect, test } from 'vitest';
import { appOf } from './app.ts';

test('the recommended labels come first, in their order', () => {
  expect(appOf({ app: 'c', 'app.kubernetes.io/name': 'a', 'app.kubernetes.io/part-of': 'b' }, undefined, 'x')).toBe(
    'a',
  );
  expect(appOf({ app: 'c', 'app.kubernetes.io/part-of': 'b' }, undefined, 'x')).toBe('b');
  expect(appOf({ 'app.kubernetes.io/instance': 'i', 'k8s-app': 'k' }, undefined, 'x')).toBe('i');
  expect(appOf({ 'k8s-app': 'k' }, undefined, 'x')).toBe('k');
});

test('without labels the owner gives the name, without what its controller added', () => {
  expect(appOf({}, { kind: 'ReplicaSet', name: 'cart-7d9f8' }, 'cart-7d9f8-x2v8k', '7d9f8')).toBe('cart');
  expect(appOf({}, { kind: 'Job', name: 'backup-29401234' }, 'backup-29401234-abcde')).toBe('backup');
  expect(appOf({}, { kind: 'StatefulSet', name: 'db' }, 'db-0')).toBe('db');
});

test('a hash that is not at the end and a short number stay part of the name', () => {
  expect(appOf({}, { kind: 'ReplicaSet', name: '7d9f8-web' }, 'p', '7d9f8')).toBe('7d9f8-web');
  expect(appOf({}, { kind: 'Job', name: 'migrate-2' }, 'p')).toBe('migrate-2');
});

test('without labels and owner it is the name of the object', () => {
  expect(appOf({}, undefined, 'lonely')).toBe('lonely');
});

test('empty and odd label values are passed over', () => {
  expect(appOf({ app: '', 'k8s-app': 7 }, undefined, 'x')).toBe('x');
});
