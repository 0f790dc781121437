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
  ['po -n shop', { word: 'po', args: [], namespaces: ['shop'], bad: null }],
  ['po -nshop @run-eu', { word: 'po', clusters: ['run-eu'], namespaces: ['shop'], bad: null }],
  ['po -n=shop /cart', { word: 'po', namespaces: ['shop'], filter: 'cart', bad: null }],
  ['po --namespace shop,pay', { word: 'po', namespaces: ['shop', 'pay'], bad: null }],
  ['po --namespace=shop', { word: 'po', namespaces: ['shop'], bad: null }],
  ['deploy --all-namespaces', { word: 'deploy', namespaces: [], bad: null }],
  ['po kube-system,shop', { word: 'po', namespaces: ['kube-system', 'shop'], bad: null }],
  ['po -n', { bad: '-n names no namespace: po -n shop' }],
  ['po -n -A', { bad: '-n names no namespace: po -n shop' }],
  ['po -l app=cart', { bad: '-l is not known here: there are -n NAMESPACE, -A, @CLUSTER and /FILTER' }],
  ['po --context run-eu', { bad: '--context is not known here: there are -n NAMESPACE, -A, @CLUSTER and /FILTER' }],
  ['po / -x', { bad: null, filter: ' -x' }],
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
