import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { field, items, numberOf, textOf, timeOf } from './read.ts';

describe('a time', () => {
  test('in the form of the API is what the calendar says, for any moment', () => {
    const moment = fc.date({
      min: new Date('1970-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, (date) => {
        const text = `${date.toISOString().slice(0, 19)}Z`;
        expect(timeOf(text)).toBe(Date.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    '2026-11-21T12:41:00.123456Z',
    '2026-11-21T12:41:00+01:00',
    '1969-12-31T23:59:59Z',
    '2024-02-29T00:00:00Z',
  ])('in another form is read as well: %s', (text) => {
    expect(timeOf(text)).toBe(Date.parse(text));
  });

  test.each([
    '',
    'yesterday',
    '2026-13-21T12:41:00Z',
    '2026-11-21T25:41:00Z',
    '2026-11-21 12:41:00',
    'abcd-ef-ghTij:kl:mnZ',
    7,
    null,
  ])('is unknown for %s', (text) => {
    expect(timeOf(text)).toBe(
      typeof text === 'string' && !Number.isNaN(Date.parse(text)) ? Date.parse(text) : undefined,
    );
  });

  test('of any twenty characters is never guessed', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 19, maxLength: 19 }), (text) => {
        const parsed = Date.parse(`${text}Z`);
        expect(timeOf(`${text}Z`)).toBe(Number.isNaN(parsed) ? undefined : parsed);
      }),
    );
  });
});

test('fields, lists, texts and numbers of a wrong shape are missing', () => {
  expect(field(null, 'a')).toBeUndefined();
  expect(field('text', 'length')).toBeUndefined();
  expect(items({ length: 2 })).toEqual([]);
  expect(textOf(7)).toBe('');
  expect(numberOf('7', 1)).toBe(1);
  expect(numberOf(Number.NaN, 1)).toBe(1);
});
