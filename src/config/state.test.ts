import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type KubeHome, kubeHome } from '../../test/support/kube-home.ts';
import { nodeFiles } from '../platform/files.ts';
import { emptyState, hasConsent, openState, parseState, withConsent, withHues } from './state.ts';

let home: KubeHome;
beforeEach(() => {
  home = kubeHome();
});
afterEach(() => home[Symbol.dispose]());

const open = () => openState({ env: {}, files: nodeFiles, home: home.home });
const path = () => home.path('.local/state/flagbridge/state.json');
const consent = { path: '/repo/login', sha256: 'a'.repeat(64) };

test('what is remembered is there the next time, for this user only', async () => {
  const state = await open();
  await state.update((s) => ({ ...s, scope: 'ns:shop', hues: { prod: 3 } }));
  await state.update((s) => withConsent(s, consent));

  const again = await open();
  expect(again.state).toEqual({ scope: 'ns:shop', hues: { prod: 3 }, consents: [consent] });
  expect(hasConsent(again.state, consent)).toBe(true);
  expect(hasConsent(again.state, { ...consent, sha256: 'b'.repeat(64) })).toBe(false);
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  expect(readdirSync(home.path('.local/state/flagbridge'))).toEqual(['state.json']);
});

test('two running programs do not take away what the other remembered', async () => {
  const [one, two] = [await open(), await open()];

  await one.update((s) => ({ ...s, hues: { ...s.hues, a: 1 } }));
  await two.update((s) => ({ ...s, hues: { ...s.hues, b: 2 } }));
  await Promise.all([one.update((s) => ({ ...s, scope: 'x' })), one.update((s) => withConsent(s, consent))]);

  expect((await open()).state).toEqual({ scope: 'x', hues: { a: 1, b: 2 }, consents: [consent] });
});

test('a home that cannot be written costs the memory and nothing else', async () => {
  const state = await openState({
    env: {},
    files: { ...nodeFiles, replace: () => Promise.resolve({ ok: false, message: 'lies on a read-only file system' }) },
    home: home.home,
  });

  await state.update((s) => ({ ...s, scope: 'x' }));

  expect(state.state.scope).toBe('x');
  expect(state.trouble).toBe(`${path()} lies on a read-only file system`);
});

test('without a home nothing is remembered', async () => {
  const state = await openState({ env: {}, files: nodeFiles, home: null });
  await state.update((s) => ({ ...s, scope: 'x' }));

  expect(state.state.scope).toBe('x');
  expect(state.trouble).toContain('no home');
});

test('a folder in the way is said and worked around', async () => {
  home.write('.local/state/flagbridge/state.json/x', '');
  const state = await open();
  await state.update((s) => ({ ...s, scope: 'x' }));

  expect(state.trouble).toContain('is a folder');
});

test('a file that others may write allows no plugin', async () => {
  const state = await open();
  await state.update((s) => withConsent(s, consent));
  chmodSync(path(), 0o666);

  const again = await open();
  expect(again.state).toEqual(emptyState);
  expect(again.trouble).toContain('chmod go-w');
  await again.update((s) => ({ ...s, scope: 'x' }));
  expect(readFileSync(path(), 'utf8')).toContain(consent.sha256);
});

test('whatever the file holds, only what is right is taken', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      const state = parseState(text);

      expect(Object.keys(state).sort()).toEqual(['consents', 'hues', 'scope']);
    }),
  );
  expect(
    parseState(
      '{"scope":7,"hues":{"a":1,"b":"x","c":12,"__proto__":3},"consents":[{"path":"p"},{"path":"p","sha256":"zz"}]}',
    ),
  ).toEqual({
    ...emptyState,
    hues: Object.fromEntries([
      ['a', 1],
      ['__proto__', 3],
    ]),
  });
});

test('a half-written file from a crash is forgotten, then replaced', async () => {
  home.write('.local/state/flagbridge/state.json', '{"scope": "ns');
  const state = await open();
  await state.update((s) => ({ ...s, scope: 'y' }));

  expect((await open()).state.scope).toBe('y');
  writeFileSync(path(), '');
  expect((await open()).state).toEqual(emptyState);
});

test('hues of clusters that were not seen for longest are forgotten', () => {
  const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`uid-${i}`, i % 12]));
  const { hues } = withHues(withHues({ ...emptyState, hues: many }, { 'uid-0': 5 }), { new: 1 });

  expect(Object.keys(hues)).toHaveLength(1_000);
  expect(hues).toMatchObject({ 'uid-0': 5, new: 1 });
  expect(hues).not.toHaveProperty('uid-1');
});
