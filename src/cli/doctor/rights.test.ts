import { expect, test } from 'vitest';
import { cluster, fakeEngine } from '../../../test/support/fake-engine.ts';
import { askRights, rightsFindings } from './rights.ts';

const said = {
  user: 'jane',
  groups: ['on-call'],
  rights: [
    { rule: 'get pods/log in namespace shop', verdict: 'no' },
    { rule: 'list ingresses at the cluster scope', verdict: 'unknown' },
    { rule: 'list secrets at the cluster scope', verdict: 'yes' },
  ],
} as const;

test('no is a warning with its remedy; unknown is not no', () => {
  expect(rightsFindings(cluster('run-eu'), said).map(({ severity, what }) => `${severity} ${what}`)).toEqual([
    'ok run-eu: known there as jane (on-call)',
    'warn run-eu: may not get pods/log in namespace shop',
    'info run-eu: the server does not say whether you may list ingresses at the cluster scope',
    'ok run-eu: may list secrets at the cluster scope',
  ]);
  expect(rightsFindings(cluster('run-eu'), null)).toEqual([]);
});

test('each cluster is asked once, when it is read; who does not answer in time has said nothing', async () => {
  const engine = fakeEngine(() => 0);
  engine.answer = () => ({ ok: true, value: said });
  engine.setFleet([cluster('a'), cluster('b', { state: { phase: 'connecting', since: 0, doing: '' } })]);
  using asker = askRights(engine);
  engine.setFleet([cluster('a'), cluster('b', { watches: { synced: 1, wanted: 3 } })]);
  engine.setFleet([cluster('a'), cluster('b')]);
  engine.setFleet([cluster('a'), cluster('b')]);
  expect([...(await asker.all(1_000)).keys()]).toEqual(['a', 'b']);
  expect(engine.questions).toHaveLength(2);

  engine.ask = () => new Promise(() => undefined);
  engine.setFleet([cluster('c')]);
  expect([...(await asker.all(10)).keys()]).toEqual(['a', 'b']);
});
