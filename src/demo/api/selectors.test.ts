import { describe, expect, test } from 'vitest';
import type { ApiObject } from './objects.ts';
import { fieldMatcher, labelMatcher, parseLabels, selectorText, selects } from './selectors.ts';

const object = (labels: Record<string, string>, more: object = {}): ApiObject =>
  ({
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name: 'x', namespace: 'ns', labels },
    ...more,
  }) as unknown as ApiObject;

describe('label selectors', () => {
  test.each([
    ['app=cart', true],
    ['app==cart,tier!=back', true],
    ['app!=cart', false],
    ['app in (web,cart)', true],
    ['app notin (web, cart)', false],
    ['app', true],
    ['!tier', true],
    ['!app', false],
    ['release=', false],
  ])('%s', (selector, matches) => {
    expect(labelMatcher(selector)(object({ app: 'cart' }))).toBe(matches);
  });

  test.each(['a===b', 'app in web', '=x'])('%s is refused as a real server refuses it', (selector) => {
    expect(() => parseLabels(selector)).toThrow('unable to parse requirement');
  });

  test('a LabelSelector matches by labels and expressions, and an empty one matches all', () => {
    const selector = { matchLabels: { app: 'cart' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] };

    expect(selects(selector, { app: 'cart' })).toBe(true);
    expect(selects(selector, { app: 'cart', tier: 'back' })).toBe(false);
    expect(selects({}, undefined)).toBe(true);
  });

  test('a LabelSelector is written as list calls and /scale write it', () => {
    expect(
      selectorText({ matchLabels: { b: '2', a: '1' }, matchExpressions: [{ key: 'c', operator: 'Exists' }] }),
    ).toBe('a=1,b=2,c');
  });
});

describe('field selectors', () => {
  const pod = object({}, { spec: { nodeName: 'n1' }, status: { phase: 'Running' } });

  test.each([
    ['spec.nodeName=n1', true],
    ['spec.nodeName!=n1', false],
    ['status.phase=Running,metadata.namespace=ns', true],
    ['spec.hostNetwork=false', true],
    ['metadata.name=y', false],
  ])('%s', (selector, matches) => {
    expect(fieldMatcher(selector, 'pods')(pod)).toBe(matches);
  });

  test('what cannot be read and what is not supported is refused in the words of a real server', () => {
    expect(() => fieldMatcher('foo', 'pods')).toThrow("invalid selector: 'foo'; can't understand 'foo'");
    expect(() => fieldMatcher('spec.foo=a', 'pods')).toThrow('field label not supported: spec.foo');
    expect(() => fieldMatcher('spec.foo=a', 'configmaps')).toThrow('"spec.foo" is not a known field selector');
    expect(
      fieldMatcher('spec.color=red', 'widgets.lab.example', ['spec.color'])(object({}, { spec: { color: 'red' } })),
    ).toBe(true);
  });
});
