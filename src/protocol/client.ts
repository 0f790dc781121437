// The screen's end: turns calls into messages and messages into calls. It remembers every subscription, so that an engine
// that was started again is told about all of them.
import type { ActionView } from '../core/action.ts';
import type { Scope, Window } from '../core/query.ts';
import type { Engine, FleetView, Live } from './engine.ts';
import type { Answer, LockView, Notice, Request } from './messages.ts';
import type { Envelope, Port } from './port.ts';
import { type MessageTraces, sealed } from './traces.ts';
import { applyChange } from './window-change.ts';

export type ClientPort = Port<Request, Notice>;

export type ClientOptions = {
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls back after a while; disposing cancels. */
  readonly after: (ms: number, call: () => void) => Disposable;
  /** Absent: tracing is off. */
  readonly traces?: MessageTraces | undefined;
};

/** The engine counts as dead when it was silent for this long; it says `alive` every second. */
const silenceMs = 2000;

export type EngineClient = Engine & {
  /** Goes on with another engine: everything that is open is opened there. Questions that were out are answered as failed. */
  attach(port: ClientPort): void;
  /** The engine behind the port is gone: everything shown is stale from now on. */
  lost(): void;
  /** Tells the person something as if the engine had: what became of the engine itself. */
  tell(message: Extract<Notice, { type: 'message' }>): void;
};

type Subscription = {
  open(): Request;
  receive(notice: Notice): void;
};

export function createClient(options: ClientOptions, onClose: () => void = () => {}): EngineClient {
  let port: ClientPort | null = null;
  let nextId = 1;
  let fleet: FleetView | null = null;
  let isAlive = true;
  let scope: Scope | null = null;
  /** As the last answer about it said: an engine that is started again begins unlocked. */
  let isLocked = false;
  let silence: Disposable | null = null;
  const subscriptions = new Map<number, Subscription>();
  const questions = new Map<number, (answer: Answer) => void>();
  const onFleet = listeners<FleetView>();
  const onAlive = listeners<boolean>();
  const onMessage = listeners<Extract<Notice, { type: 'message' }>>();

  const { traces } = options;

  /** A span around what a request takes; the engine goes on with it. */
  const traced = <T>({ type }: Request, run: () => T): T =>
    traces === undefined ? run() : traces.span('request', { 'flagbridge.request': type }, run);

  const post = (body: Request): void => port?.post(sealed(body, traces));
  const send = (body: Request): void => traced(body, () => post(body));

  function setAlive(next: boolean): void {
    silence?.[Symbol.dispose]();
    silence = next && port ? options.after(silenceMs, () => setAlive(false)) : null;
    if (next === isAlive) return;
    isAlive = next;
    onAlive.tell(next);
  }

  function receive({ body, traceparent }: Envelope<Notice>): void {
    setAlive(true);
    if (traces === undefined) take(body);
    else traces.within(traceparent, () => take(body));
  }

  function take(body: Notice): void {
    switch (body.type) {
      case 'fleet':
        fleet = { clusters: body.clusters, coverage: body.coverage, at: body.at };
        onFleet.tell(fleet);
        return;
      case 'message':
        onMessage.tell(body);
        return;
      case 'answer': {
        const answer = questions.get(body.id);
        questions.delete(body.id);
        answer?.(body.answer);
        return;
      }
      case 'window':
      case 'window.change':
      case 'logs':
      case 'document':
      case 'action':
        // The last message of a subscription that was just closed may still be under way.
        if (!subscriptions.has(body.id)) return;
        subscriptions.get(body.id)?.receive(body);
        // Without a span: the next window is news of its own, not a child of this one.
        port?.post({ body: { type: 'ack', id: body.id } });
        return;
      case 'ready':
      case 'alive':
        return;
    }
  }

  function subscribe(make: (id: number) => Subscription): { readonly id: number } & Disposable {
    const id = nextId++;
    const subscription = make(id);
    subscriptions.set(id, subscription);
    send(subscription.open());
    return {
      id,
      [Symbol.dispose]: () => {
        if (subscriptions.delete(id)) send({ type: 'close', id });
      },
    };
  }

  /** A subscription whose parameters change in place. */
  function live<Change>(
    first: Change,
    open: (id: number, now: Change) => Request,
    change: (id: number, next: Change) => Request,
    take: (notice: Notice) => void,
  ): Live<Change> {
    let current = first;
    const subscription = subscribe((id) => ({ open: () => open(id, current), receive: take }));
    return {
      change: (next) => {
        current = next;
        if (subscriptions.has(subscription.id)) send(change(subscription.id, next));
      },
      [Symbol.dispose]: subscription[Symbol.dispose],
    };
  }

  return {
    get fleet() {
      return fleet;
    },
    get isAlive() {
      return isAlive;
    },
    onFleet: onFleet.add,
    onAlive: onAlive.add,
    onMessage: onMessage.add,
    query: (query, onWindow) => {
      let last: Window | null = null;
      /** What an engine that is gone had read, until the next one has read something itself. */
      let kept: Window | null = null;
      /** The last window answers another query than the one that is asked now. */
      let isForeign = false;
      return live(
        query,
        (id, now) => {
          if (last !== null && last.rows.length > 0 && !isForeign) kept = unheard(last, options.now());
          // Told before the new engine speaks: from then on what is not marked counts as fresh.
          if (kept !== null) onWindow(kept);
          // Opened (again): the next window is told whole.
          last = null;
          return { type: 'query.open', id, query: now };
        },
        (id, next) => {
          kept = null;
          isForeign = true;
          return { type: 'query.change', id, query: next };
        },
        (notice) => {
          if (notice.type === 'window') last = notice.window;
          else if (notice.type === 'window.change') last = applyChange(last, notice.change);
          if (last === null || (kept !== null && last.state.state === 'loading')) return;
          kept = null;
          isForeign = false;
          onWindow(last);
        },
      );
    },
    logs: (selector, logOptions, view, onWindow) =>
      live(
        view,
        (id, now) => ({ type: 'logs.open', id, selector, options: logOptions, view: now }),
        (id, next) => ({ type: 'logs.change', id, view: next }),
        (notice) => {
          if (notice.type === 'logs') onWindow(notice.window);
        },
      ),
    document: (ref, form, onDocument) =>
      subscribe((id) => ({
        open: () => ({ type: 'document.open', id, ref, form }),
        receive: (notice) => {
          if (notice.type === 'document') onDocument(notice.document);
        },
      })),
    action(wish, onView) {
      let last: ActionView | null = null;
      let isConfirmed = false;
      const subscription = subscribe((id) => ({
        // A new engine must not do again what was sent: it is asked what became of it.
        open: () =>
          isConfirmed && last !== null
            ? { type: 'action.find', id, wish, action: last.id }
            : { type: 'action.open', id, wish },
        receive: (notice) => {
          if (notice.type !== 'action') return;
          last = notice.view;
          const { at } = last;
          // It did not count. Without a trouble it is the answer of the dry run, which may cross the confirmation.
          if (at.phase === 'asking' && at.trouble !== null) isConfirmed = false;
          onView(last);
          // No more is to come, and another engine must not be asked of it.
          if (at.phase === 'ended' || at.phase === 'impossible') subscription[Symbol.dispose]();
        },
      }));
      const { id } = subscription;
      return {
        confirm(confirmation) {
          // Nobody is there to take it: nothing was sent.
          if (port === null) return;
          isConfirmed = true;
          send({ type: 'action.confirm', id, confirmation });
        },
        cancel: () => send({ type: 'action.cancel', id }),
        [Symbol.dispose]: subscription[Symbol.dispose],
      };
    },
    ask(question) {
      const id = nextId++;
      const body: Request = { type: 'ask', id, question };
      return traced(
        body,
        () =>
          new Promise((resolve) => {
            questions.set(id, (answer) => {
              if (question.ask === 'lock' && answer.ok) ({ isLocked } = answer.value as LockView);
              resolve(answer);
            });
            post(body);
          }),
      );
    },
    setScope: (next) => {
      scope = next;
      send({ type: 'scope', scope: next });
    },
    connect: () => send({ type: 'connect' }),
    attach(next) {
      failQuestions('the engine was started again; ask once more');
      port = next;
      next.listen(receive);
      if (scope) send({ type: 'scope', scope });
      if (isLocked) send({ type: 'locked' });
      for (const subscription of subscriptions.values()) send(subscription.open());
      silence?.[Symbol.dispose]();
      silence = options.after(silenceMs, () => setAlive(false));
    },
    tell: onMessage.tell,
    lost() {
      port = null;
      setAlive(false);
      failQuestions('the engine has ended');
    },
    [Symbol.dispose]() {
      subscriptions.clear();
      failQuestions('the engine was closed');
      silence?.[Symbol.dispose]();
      silence = null;
      port?.close();
      port = null;
      onClose();
    },
  };

  function failQuestions(message: string): void {
    for (const answer of questions.values()) answer({ ok: false, message });
    questions.clear();
  }
}

/** The window of an engine that is gone: its rows stay, and all of them are stale. */
const unheard = (window: Window, since: number): Window => ({
  ...window,
  rows: window.rows.map((row) => ({ ...row, stale: true })),
  staleSince: window.staleSince ?? since,
});

function listeners<Value>() {
  const all = new Set<(value: Value) => void>();
  return {
    add(listener: (value: Value) => void): Disposable {
      all.add(listener);
      return { [Symbol.dispose]: () => all.delete(listener) };
    },
    tell(value: Value): void {
      for (const listener of all) listener(value);
    },
  };
}
