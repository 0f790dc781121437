// Holding a reader back between two chunks: what it does not read, the sender keeps.

/** A gate that a reader passes before each chunk. */
export type Flow = { pause(): void; resume(): void; passed(signal: AbortSignal): Promise<void> };

/** An open gate. */
export function newFlow(): Flow {
  let gate: { readonly open: Promise<void>; readonly release: () => void } | null = null;
  return {
    pause() {
      if (gate !== null) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = { open: promise, release: resolve };
    },
    resume() {
      gate?.release();
      gate = null;
    },
    async passed(signal) {
      for (let closed = gate; closed !== null && !signal.aborted; closed = gate) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const end = (): void => resolve();
        signal.addEventListener('abort', end, { once: true });
        await Promise.race([closed.open, promise]);
        signal.removeEventListener('abort', end);
      }
    },
  };
}
