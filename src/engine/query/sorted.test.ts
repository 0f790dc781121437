import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sorted } from './sorted.ts';

type Item = { readonly value: number; readonly id: number };
const byValue = (a: Item, b: Item): number => a.value - b.value || a.id - b.id;

test('a list kept sorted by changes is the list sorted anew', () => {
  const batch = fc.record({
    add: fc.array(fc.nat(50), { maxLength: 80 }),
    remove: fc.array(fc.nat(200), { maxLength: 80 }),
  });
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 8 }), (batches) => {
      const sorted = new Sorted<Item>(byValue);
      const expected = new Map<number, Item>();
      let id = 0;
      for (const { add, remove } of batches) {
        const gone = new Set(remove.flatMap((n) => expected.get(n) ?? []));
        const added = add.map((value) => ({ value, id: id++ }));
        const taken = sorted.apply(gone, added);
        expect(new Set(taken)).toEqual(gone);
        for (const item of gone) expected.delete(item.id);
        for (const item of added) expected.set(item.id, item);
        expect(sorted.items).toEqual([...expected.values()].sort(byValue));
      }
    }),
  );
});
