import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hueOf, roleOfName } from './naming.ts';

test.each([
  ['run-eu', 'run'],
  ['acme.build.example', 'build'],
  ['prod-us-1', 'run'],
  ['dev', 'iterate'],
  ['trunk', 'unknown'],
  ['view-1', 'view'],
])('%s is a cluster of role %s', (name, role) => expect(roleOfName(name)).toBe(role));

test('twelve clusters have twelve hues, always the same ones; a thirteenth shares', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.uuid(), { minLength: 13, maxLength: 13 }), (uids) => {
      const taken = new Set<number>();
      for (const uid of uids.slice(0, 12)) {
        const hue = hueOf(uid, taken);
        expect(hueOf(uid, taken)).toBe(hue);
        taken.add(hue);
      }
      expect(taken.size).toBe(12);
      expect(taken.has(hueOf(uids[12] ?? '', taken))).toBe(true);
    }),
  );
});
