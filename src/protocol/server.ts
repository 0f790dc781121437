// The engine's end: opens and closes subscriptions, paces what it sends, answers questions. What windows and logs are
// made of is the backend's business.
import type { ActionView, ActionWish, Confirmation } from '../core/action.ts';
import type { ObjectRef } from '../core/ids.ts';
import type { LogOptions, LogSelector, LogWindow } from '../core/log-line.ts';
import type { LiveQuery, Scope, Window } from '../core/query.ts';
import type { FleetView } from './engine.ts';
import type { Answer, DocumentForm, DocumentView, LogView, Notice, Question, Request } from './messages.ts';
import { type PaceClock, Paced } from './paced.ts';
import type { Port } from './port.ts';
import { type MessageTraces, sealed } from './traces.ts';
import { isSameWindow, windowChange } from './window-change.ts';

export type EnginePort = Port<Notice, Request>;

/** Something that is subscribed to. `read` is only called when `changed` was told since. */
export interface LiveSource<Change, Value> extends Disposable {
  change(next: Change): void;
  read(): Value;
}

/** What the engine offers to its end of the protocol. `changed` may be called at any time and any number of times. */
export interface EngineBackend {
  query(query: LiveQuery, changed: () => void): LiveSource<LiveQuery, Window>;
  logs(selector: LogSelector, options: LogOptions, view: LogView, changed: () => void): LiveSource<LogView, LogWindow>;
  document(ref: ObjectRef, form: DocumentForm, changed: () => void): LiveSource<never, DocumentView>;
  ask(question: Question): Promise<Answer>;
  /** `known` is the id of one that was sent before. */
  action(wish: ActionWish, known: string | null, changed: () => void): ActionSource;
  setScope(scope: Scope): void;
  lockWrites(): void;
  connect(): void;
  fleet(): FleetView;
  onFleet(listener: () => void): Disposable;
  onMessage(listener: (message: Extract<Notice, { type: 'message' }>) => void): Disposable;
}

/** A write that is led from the other end. */
export interface ActionSource extends LiveSource<never, ActionView> {
  confirm(given: Confirmation): void;
  cancel(): void;
}

export type ServerOptions = {
  readonly clock: PaceClock;
  /** Tells once a second that the thread is alive; only worth it between threads. */
  readonly heartbeat: boolean;
  /** Absent: tracing is off. */
  readonly traces?: MessageTraces | undefined;
};

const heartbeatMs = 1_000;

type Subscription = {
  readonly paced: Paced;
  readonly source: LiveSource<never, unknown>;
  change(request: Request): void;
};

/** Serves a backend on a port until disposed. */
export function serve(backend: EngineBackend, port: EnginePort, options: ServerOptions): Disposable {
  return new Server(backend, port, options);
}

class Server implements Disposable {
  readonly #backend: EngineBackend;
  readonly #port: EnginePort;
  readonly #options: ServerOptions;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #fleet: Paced;
  readonly #listening: Disposable[];
  #beat: Disposable | null = null;

  constructor(backend: EngineBackend, port: EnginePort, options: ServerOptions) {
    this.#backend = backend;
    this.#port = port;
    this.#options = options;
    this.#fleet = new Paced(options.clock, () => this.#sendFleet());
    this.#listening = [backend.onFleet(() => this.#fleet.note()), backend.onMessage((message) => this.#post(message))];
    const { traces } = options;
    port.listen(({ body, traceparent }) => {
      if (traces === undefined) this.#take(body);
      else traces.within(traceparent, () => this.#take(body));
    });
    this.#post({ type: 'ready' });
    this.#fleet.hurry();
    if (options.heartbeat) this.#beatOn();
  }

  [Symbol.dispose](): void {
    this.#beat?.[Symbol.dispose]();
    this.#fleet[Symbol.dispose]();
    for (const listening of this.#listening) listening[Symbol.dispose]();
    for (const id of this.#subscriptions.keys()) this.#close(id);
  }

  #post(body: Notice): void {
    this.#port.post(sealed(body, this.#options.traces));
  }

  #beatOn(): void {
    this.#post({ type: 'alive', at: this.#options.clock.now() });
    this.#beat = this.#options.clock.after(heartbeatMs, () => this.#beatOn());
  }

  /** Fleet views are small and not acknowledged: pacing alone bounds them. */
  #sendFleet(): boolean {
    const { clusters, coverage, at } = this.#backend.fleet();
    this.#post({ type: 'fleet', clusters, coverage, at });
    return false;
  }

  #take(request: Request): void {
    switch (request.type) {
      case 'query.open':
        return this.#openQuery(request.id, request.query);
      case 'logs.open':
        return this.#openLogs(request);
      case 'document.open':
        return this.#openDocument(request);
      case 'action.open':
      case 'action.find':
        return this.#openAction(request);
      case 'action.confirm':
      case 'action.cancel':
      case 'query.change':
      case 'logs.change':
        return this.#subscriptions.get(request.id)?.change(request);
      case 'close':
        return this.#close(request.id);
      case 'ack':
        return this.#subscriptions.get(request.id)?.paced.taken();
      case 'locked':
        return this.#backend.lockWrites();
      case 'scope':
        return this.#backend.setScope(request.scope);
      case 'connect':
        return this.#backend.connect();
      case 'ask':
        return void this.#answer(request.id, request.question);
    }
  }

  async #answer(id: number, question: Question): Promise<void> {
    let answer: Answer;
    try {
      answer = await this.#backend.ask(question);
    } catch (error) {
      answer = { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
    this.#post({ type: 'answer', id, answer });
  }

  #openQuery(id: number, query: LiveQuery): void {
    let last: Window | null = null;
    let { table } = query;
    const send = (): boolean => {
      const next = source.read();
      if (last !== null && isSameWindow(last, next)) return false;
      this.#post({ type: 'window.change', id, change: windowChange(last, next) });
      last = next;
      return true;
    };
    const { traces } = this.#options;
    const paced = new Paced(
      this.#options.clock,
      traces === undefined ? send : () => traces.span('query', { 'flagbridge.table': table }, send),
    );
    const source = this.#backend.query(query, () => paced.note());
    this.#open(id, paced, source, (request) => {
      if (request.type !== 'query.change') return;
      ({ table } = request.query);
      source.change(request.query);
    });
  }

  #openLogs({ id, selector, options, view }: Extract<Request, { type: 'logs.open' }>): void {
    const paced = new Paced(this.#options.clock, () => {
      this.#post({ type: 'logs', id, window: source.read() });
      return true;
    });
    const source = this.#backend.logs(selector, options, view, () => paced.note());
    this.#open(id, paced, source, (request) => {
      if (request.type === 'logs.change') source.change(request.view);
    });
  }

  #openDocument({ id, ref, form }: Extract<Request, { type: 'document.open' }>): void {
    const paced = new Paced(this.#options.clock, () => {
      this.#post({ type: 'document', id, document: source.read() });
      return true;
    });
    const source = this.#backend.document(ref, form, () => paced.note());
    this.#open(id, paced, source, () => undefined);
  }

  #openAction(request: Extract<Request, { type: 'action.open' | 'action.find' }>): void {
    const { id, wish } = request;
    // Each step of a write is told at once: a person waits for it.
    const paced = new Paced(this.#options.clock, () => {
      this.#post({ type: 'action', id, view: source.read() });
      return true;
    });
    const known = request.type === 'action.find' ? request.action : null;
    const source = this.#backend.action(wish, known, () => paced.hurry());
    this.#open(id, paced, source, (asked) => {
      if (asked.type === 'action.confirm') source.confirm(asked.confirmation);
      else if (asked.type === 'action.cancel') source.cancel();
    });
  }

  #open(id: number, paced: Paced, source: Disposable, change: (request: Request) => void): void {
    this.#close(id);
    this.#subscriptions.set(id, {
      paced,
      source: source as LiveSource<never, unknown>,
      change: (request) => {
        change(request);
        paced.hurry();
      },
    });
    paced.hurry();
  }

  #close(id: number): void {
    const subscription = this.#subscriptions.get(id);
    if (subscription === undefined) return;
    this.#subscriptions.delete(id);
    subscription.paced[Symbol.dispose]();
    subscription.source[Symbol.dispose]();
  }
}
