// Reads an object in two steps: first what is wanted of every object, and more only where that asks for it. Reading the
// same bytes twice is dear, and rare: a fleet of which most is unwell has other sorrows.
import { incomplete, type Picker } from './decoder.ts';

/** `whole` reads what `first` reads, and more. */
export function pickMore(first: Picker, whole: Picker, isNeeded: (value: unknown) => boolean): Picker {
  let next = 0;
  return {
    get next() {
      return next;
    },
    get fallbacks() {
      return first.fallbacks + whole.fallbacks;
    },
    decode(buffer, start, end) {
      const value = first.decode(buffer, start, end);
      next = first.next;
      return isNeeded(value) ? whole.decode(buffer, start, end) : value;
    },
    decodePrefix(buffer, start, end) {
      const value = first.decodePrefix(buffer, start, end);
      next = first.next;
      return value !== incomplete && isNeeded(value) ? whole.decodePrefix(buffer, start, end) : value;
    },
  };
}
