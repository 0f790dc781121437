// Remembers what reviews said, asks little, and believes a real 403 over any review.
import { type Clock, systemClock } from '../../platform/clock.ts';
import { type RulesReview, reviewAccess, reviewRules, type Verdict, verdictOf, type Wanted } from './access.ts';
import { newGate } from '../session/politeness.ts';
import type { Session } from '../session/contract.ts';

export interface Access {
  /** Rules of the namespace first, then exactly this; `unknown` when the server will not say. Never throws. */
  ask(wanted: Wanted, signal: AbortSignal): Promise<Verdict>;
  /** The server refused exactly this for want of a right. */
  denied(wanted: Wanted): void;
  /** Rights may have changed (another identity, a person says so). */
  forget(): void;
}

/** Reviews are good for this long. */
const keepMs = 300_000;
const atOnce = 8;

export function newAccess(session: Session, clock: Clock = systemClock): Access {
  const rules = new Map<string, { readonly until: number; readonly review: Promise<RulesReview | null> }>();
  const answers = new Map<string, { readonly until: number; readonly verdict: Verdict }>();
  const asking = new Map<string, Promise<Verdict>>();
  const gate = newGate(atOnce, clock);
  // Rules are told per namespace; cluster-wide wishes can only be asked one by one.
  const keyOf = (wanted: Wanted): string => JSON.stringify(wanted, Object.keys(wanted).sort());

  const rulesOf = (namespace: string, signal: AbortSignal): Promise<RulesReview | null> => {
    const found = rules.get(namespace);
    if (found !== undefined && clock.now() < found.until) return found.review;
    const review = reviewRules(session, namespace, signal).catch(() => {
      rules.delete(namespace);
      return null;
    });
    rules.set(namespace, { until: clock.now() + keepMs, review });
    return review;
  };

  const askServer = async (wanted: Wanted, signal: AbortSignal): Promise<Verdict> => {
    try {
      if (wanted.namespace !== null) {
        const review = await rulesOf(wanted.namespace, signal);
        const verdict = review === null ? 'unknown' : verdictOf(review, wanted);
        if (verdict !== 'unknown') return verdict;
      }
      using _place = await gate.enter(signal);
      const verdict = await reviewAccess(session, wanted, signal);
      answers.set(keyOf(wanted), { until: clock.now() + keepMs, verdict });
      return verdict;
    } catch {
      return 'unknown';
    }
  };

  return {
    ask(wanted, signal) {
      const key = keyOf(wanted);
      const answer = answers.get(key);
      if (answer !== undefined && clock.now() < answer.until) return Promise.resolve(answer.verdict);
      const running = asking.get(key);
      if (running !== undefined) return running;
      const started = askServer(wanted, signal).finally(() => asking.delete(key));
      asking.set(key, started);
      return started;
    },
    denied(wanted) {
      answers.set(keyOf(wanted), { until: clock.now() + keepMs, verdict: 'no' });
    },
    forget() {
      rules.clear();
      answers.clear();
    },
  };
}
