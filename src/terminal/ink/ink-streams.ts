// The streams that Ink believes it talks to. Its stdout knows the size and hands on what Ink writes by itself; its stdin
// never has a key, because ours is read by the tokenizer.
import { Readable, Writable } from 'node:stream';
import type { ScreenSize } from '../screen/screen.ts';

/** Stands in for a terminal towards Ink. `onText` hears everything Ink writes. */
export class InkStdout extends Writable {
  readonly isTTY = true;
  private readonly size: () => ScreenSize;

  constructor(size: () => ScreenSize, onText: (text: string) => void) {
    super({
      decodeStrings: false,
      write(text: unknown, _encoding, done) {
        if (typeof text === 'string' && text !== '') onText(text);
        done();
      },
    });
    this.setMaxListeners(0);
    this.size = size;
  }

  get columns(): number {
    return this.size().columns;
  }

  get rows(): number {
    return this.size().rows;
  }
}

/** A keyboard on which nobody types. */
export class InkStdin extends Readable {
  readonly isTTY = true;

  override _read(): void {}

  setRawMode(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
