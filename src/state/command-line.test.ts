// Palette lines as k9s people type them.
import { expect, test } from 'vitest';
import { findResource, parseCommandLine } from './command-line.ts';

test.each([
  ['po', { word: 'po', clusters: [], namespaces: null, filter: null }],
  [':po kube-system @run-eu /cart', { word: 'po', clusters: ['run-eu'], namespaces: ['kube-system'], filter: 'cart' }],
  ['po -A', { word: 'po', clusters: [], namespaces: [], filter: null }],
  ['ctx run-us', { word: 'ctx', clusters: [], namespaces: ['run-us'], filter: null }],
  ['Deploy /app:cart !web', { word: 'deploy', clusters: [], namespaces: null, filter: 'app:cart !web' }],
  ['po /', { word: 'po', clusters: [], namespaces: null, filter: '' }],
  ['  ', { word: '', clusters: [], namespaces: null, filter: null }],
])('%s', (line, expected) => {
  expect(parseCommandLine(line)).toMatchObject(expected);
});

test('a kind is found by plural, short name, kind and resource.group; the core one wins', () => {
  const entry = (table: string, kind: string, group: string, names: readonly string[]) => ({
    table,
    kind,
    group,
    names,
    namespaced: true,
    clusters: 1,
  });
  const events = entry('events.events.k8s.io', 'Event', 'events.k8s.io', ['events', 'ev']);
  const core = entry('events', 'Event', '', ['events', 'ev']);
  const certificates = entry('certificates.cert-manager.io', 'Certificate', 'cert-manager.io', [
    'certificates',
    'cert',
  ]);
  const all = [events, certificates, core];

  expect(findResource(all, 'ev')).toBe(core);
  expect(findResource(all, 'event')).toBe(core);
  expect(findResource(all, 'cert')).toBe(certificates);
  expect(findResource(all, 'certificates.cert-manager.io')).toBe(certificates);
  expect(findResource(all, 'events.events.k8s.io')).toBe(events);
  expect(findResource(all, 'nothing')).toBeUndefined();
});
