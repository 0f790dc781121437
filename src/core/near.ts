// The nearest known word to one that is not known: for `did you mean` and `near:`.
import { distance } from 'fastest-levenshtein';

/** The candidate with the fewest changed letters, when these are few enough to be a slip; null otherwise. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue;
    const changed = distance(word.toLowerCase(), candidate.toLowerCase());
    if (changed < least) {
      least = changed;
      best = candidate;
    }
  }
  return best;
}
