// One action from the wish to its end: plan, ask the server, wait for a person, write the intent, send, follow, write what
// came of it. Expected ends (refused, conflict, reverted, unknown) are values; nothing here throws for them.
import { hash } from 'node:crypto';
import type { ActionOutcome, ActionPhase, ActionView, ActionWish, CheckView, Confirmation } from '../core/action.ts';
import { text } from '../core/object.ts';
import { ApiError } from '../kube/api-error.ts';
import type { ActionCluster } from './action-cluster.ts';
import { changedPart } from './changed-part.ts';
import { checkPlan } from './check.ts';
import { checkTrouble, confirmationFor, confirmationTrouble, tierOf } from './confirmation.ts';
import type { ActionDeps } from './deps.ts';
import { failureWords, isRefusal, stateNow } from './failure-words.ts';
import type { JournalLine, ResultLine } from './journal.ts';
import type { Written } from '../platform/files.ts';
import type { Plan } from './plan.ts';
import { planOf } from './plan-of.ts';
import { send, type Sent } from './send.ts';
import { track } from './track/track.ts';

export type ConfirmAnswer = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** How a command line or a screen leads an action. */
export class Action {
  readonly id: string;
  readonly wish: ActionWish;
  readonly #deps: ActionDeps;
  readonly #cluster: ActionCluster;
  readonly #since: number;
  readonly #ending = new AbortController();
  readonly #listeners = new Set<() => void>();
  #plan: Plan | null = null;
  #check: CheckView = { state: 'pending' };
  #at: ActionPhase = { phase: 'planning' };
  /** Set by the first confirmation that counts: a key that comes twice writes once. */
  #isConfirmed = false;
  /** Why lines of it are missing in the journal; null: none is. */
  #unwritten: string | null = null;

  constructor(wish: ActionWish, cluster: ActionCluster, deps: ActionDeps) {
    this.id = deps.newId();
    this.wish = wish;
    this.#cluster = cluster;
    this.#deps = deps;
    this.#since = deps.clock.now();
  }

  get view(): ActionView {
    return { id: this.id, wish: this.wish, plan: this.#plan?.view ?? null, at: this.#at, since: this.#since };
  }

  /** True when it was sent, or may have been. */
  get isUnderWay(): boolean {
    return this.#isConfirmed && this.#at.phase !== 'ended';
  }

  onChange(listener: () => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Plans and asks the server. Resolves when its answer is there. */
  async prepare(): Promise<void> {
    const locked = this.#deps.gate.lockOf(this.#cluster.session.context.rawName);
    if (locked !== null) return this.#move({ phase: 'impossible', reason: locked });
    const planned = await planOf(this.#cluster, this.wish, this.#now(), this.#deps.inverseOf);
    if (this.#ending.signal.aborted) return;
    if (!planned.ok) return this.#move({ phase: 'impossible', reason: planned.reason });
    this.#plan = planned.plan;
    this.#ask({ state: 'pending' });
    const check = await checkPlan(this.#cluster, planned.plan, this.#sending());
    if (this.#ending.signal.aborted || this.#isConfirmed) return;
    this.#ask(check);
  }

  /** Sends it if everything that is asked for was given. Resolves when the intent is written and it is on its way. */
  async confirm(given: Confirmation): Promise<ConfirmAnswer> {
    const plan = this.#plan;
    if (plan === null || this.#at.phase !== 'asking' || this.#isConfirmed)
      return { ok: false, reason: 'there is nothing to confirm' };
    const judged = { plan: plan.view, check: this.#check, target: this.wish.target, cluster: this.#cluster };
    const trouble = checkTrouble(judged) ?? confirmationTrouble(confirmationFor(judged), given) ?? this.#staleness();
    if (trouble !== null) {
      this.#ask(this.#check, trouble);
      return { ok: false, reason: trouble };
    }
    this.#isConfirmed = true;
    const written = await this.#write(this.#intent(plan, given));
    if (!written.ok && tierOf(judged) > 1) {
      this.#end({ result: 'refused', text: `not sent: the journal cannot be written: ${written.message}` });
      return { ok: false, reason: `the journal cannot be written: ${written.message}` };
    }
    this.#move({ phase: 'applying' });
    void this.#run(plan);
    return { ok: true };
  }

  /** Leaves it before it was sent; afterwards it goes on without being watched. */
  cancel(): void {
    if (this.#at.phase === 'ended' || this.#ending.signal.aborted) return;
    if (!this.#isConfirmed) this.#end({ result: 'cancelled', text: 'nothing was sent' });
    this.#ending.abort();
  }

  async #run(plan: Plan): Promise<void> {
    let sent: Sent | null = null;
    let isOut = false;
    const onSent = (): void => void (isOut = true);
    const sending = { ...this.#sending(), signal: this.#cluster.signal, isDryRun: false, onSent };
    try {
      for (const step of plan.steps) sent = await send(this.#cluster, step, sending);
    } catch (error) {
      return await this.#failed(error, plan, isOut);
    }
    if (sent === null) return;
    await this.#write(this.#result('applied', `${plan.view.title}: applied`, sent.auditId));
    this.#move({ phase: 'tracking', ready: 0, of: 0, text: 'applied' });
    const outcome = await track(
      this.#cluster,
      plan,
      {
        value: changedPart(plan, sent.object),
        stuckSince: plan.stuckSince,
        resourceVersion: text(sent.object, 'metadata', 'resourceVersion'),
      },
      this.#deps,
      (phase) => this.#move(phase),
      this.#ending.signal,
    );
    // Who only stopped watching knows no more than the line before says.
    if (!this.#cluster.signal.aborted) await this.#write(this.#result(outcome.result, outcome.text));
    this.#end(this.#journalled(outcome));
  }

  /** Not sent, refused, or nobody knows: the three are not the same. */
  async #failed(error: unknown, plan: Plan, isOut: boolean): Promise<void> {
    const words = await failureWords(error, this.#cluster, plan);
    if (error instanceof ApiError && error.isMissingRight)
      for (const step of plan.steps) this.#cluster.access.denied(step.wanted);
    const outcome: ActionOutcome = !isOut
      ? { result: 'refused', text: `not sent: ${words}` }
      : isRefusal(error)
        ? { result: 'refused', text: words }
        : { result: 'unknown', text: `sent, and nobody knows: ${words}; ${await stateNow(this.#cluster, plan)}` };
    await this.#write(this.#result(outcome.result, outcome.text));
    this.#end(this.#journalled(outcome));
  }

  /** Why this cluster's truth is too old to act on. */
  #staleness(): string | null {
    const { uid } = this.#cluster;
    const uidNow = this.#cluster.uidNow();
    if (uid !== null && uidNow !== null && uid !== uidNow)
      return `${this.#cluster.name} is another cluster than when you looked`;
    const phase = this.#cluster.phase();
    return phase.phase === 'live' || phase.phase === 'denied'
      ? null
      : `${this.#cluster.name} is ${phase.phase}: no action until it is live`;
  }

  #sending() {
    const { gate, userAgent } = this.#deps;
    const signal = AbortSignal.any([this.#ending.signal, this.#cluster.signal]);
    return { gate, userAgent, actionId: this.id, signal };
  }

  #intent(plan: Plan, given: Confirmation): JournalLine {
    const { session, name } = this.#cluster;
    return {
      v: 1,
      line: 'intent',
      at: this.#time(),
      id: this.id,
      verb: this.wish.verb,
      title: plan.view.title,
      cluster: name,
      server: session.context.server,
      context: session.context.name,
      by: { user: session.context.user, as: session.context.impersonate?.user ?? null, ...this.#deps.here },
      target: this.wish.target,
      tier: plan.view.tier,
      steps: plan.steps.map(({ method, path, body }) => ({ method, path, sha256: hash('sha256', body) })),
      dryRun: this.#check.state,
      kubectl: plan.view.kubectl,
      reason: given.type === 'typed' ? given.reason : '',
      inverse: plan.inverse,
    };
  }

  async #write(line: JournalLine): Promise<Written> {
    const written = await this.#deps.journal.write(line);
    if (!written.ok) this.#unwritten = written.message;
    return written;
  }

  #result(result: ResultLine['result'], text: string, auditId: string | null = null): ResultLine {
    return { v: 1, line: 'result', at: this.#time(), id: this.id, result, text, auditId };
  }

  /** Tier 1 goes on without a journal, and says that it did. */
  #journalled(outcome: ActionOutcome): ActionOutcome {
    if (this.#unwritten === null) return outcome;
    return { ...outcome, text: `${outcome.text}; it is not in the journal: ${this.#unwritten}` };
  }

  #ask(check: CheckView, trouble: string | null = null): void {
    const plan = this.#plan;
    if (plan === null) return;
    this.#check = check;
    const judged = { plan: plan.view, check, target: this.wish.target, cluster: this.#cluster };
    this.#move({ phase: 'asking', check, needed: confirmationFor(judged), trouble });
  }

  #end(outcome: ActionOutcome): void {
    this.#move({ phase: 'ended', outcome });
  }

  #move(phase: ActionPhase): void {
    if (this.#at.phase === 'ended') return;
    this.#at = phase;
    for (const listener of this.#listeners) listener();
  }

  #now(): number {
    return this.#deps.clock.now();
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}
