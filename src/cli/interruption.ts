// Ctrl-C, SIGTERM and a terminal that hangs up as a signal to stop: what goes on until then ends in order, and the exit code tells why.

export interface Interruption extends Disposable {
  readonly signal: AbortSignal;
  /** 129, 130 or 143 after a signal came; null before. */
  readonly exitCode: number | null;
}

/** Listens until it is disposed; a second signal of the same kind ends the program at once. */
export function interruption(): Interruption {
  const stop = new AbortController();
  let exitCode: number | null = null;
  const codes = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
  const listeners = Object.entries(codes).map(([signal, code]) => {
    const listener = (): void => {
      exitCode ??= code;
      stop.abort();
    };
    process.once(signal, listener);
    return [signal, listener] as const;
  });
  return {
    signal: stop.signal,
    get exitCode() {
      return exitCode;
    },
    [Symbol.dispose]: () => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
    },
  };
}
