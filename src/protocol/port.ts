// The line between the screen's end and the engine's end: two threads, or two halves of one.

/** What travels: a message, and the trace it belongs to when tracing is on. */
export type Envelope<Message> = { readonly body: Message; readonly traceparent?: string };

export interface Port<Out, In> {
  post(message: Envelope<Out>): void;
  /** One listener; a later one replaces it. Messages that came before there was one are kept for it. */
  listen(listener: (message: Envelope<In>) => void): void;
  close(): void;
}

/** Two connected ends in one thread. Delivery is by microtask, so that neither end runs inside the other's call. */
export function portPair<A, B>(): readonly [Port<A, B>, Port<B, A>] {
  const toLeft = queue<B>();
  const toRight = queue<A>();
  const close = (): void => {
    toLeft.close();
    toRight.close();
  };
  return [
    { post: toRight.put, listen: toLeft.listen, close },
    { post: toLeft.put, listen: toRight.listen, close },
  ];
}

function queue<Message>() {
  let waiting: Envelope<Message>[] = [];
  let listener: ((message: Envelope<Message>) => void) | null = null;
  let isScheduled = false;
  let isClosed = false;
  const deliver = (): void => {
    isScheduled = false;
    if (!listener) return;
    const batch = waiting;
    waiting = [];
    for (const message of batch) if (!isClosed) listener(message);
  };
  const schedule = (): void => {
    if (isScheduled || !listener || waiting.length === 0) return;
    isScheduled = true;
    queueMicrotask(deliver);
  };
  return {
    put(message: Envelope<Message>): void {
      if (isClosed) return;
      waiting.push(message);
      schedule();
    },
    listen(next: (message: Envelope<Message>) => void): void {
      listener = next;
      schedule();
    },
    close(): void {
      isClosed = true;
      waiting = [];
    },
  };
}
