// Bytes from the terminal to events, whatever way they are cut into reads: keys, pastes, mouse, focus and replies. A
// reply never becomes a key, a paste never becomes a key, and an incomplete sequence waits for its rest.
import type { InputEvent, Reply } from './events.ts';
import { altKey, applicationKey, characterKey, controlKey, csiKey, type NamedKey, rxvtKey } from './key-names.ts';
import { mouseOf, replyOf } from './replies.ts';

const ESC = 0x1b;
const LONGEST_PASTE = 1024 * 1024;
const LONGEST_STRING = 64 * 1024;
const LONGEST_SEQUENCE = 256;
const PASTE_END = '\x1b[201~';

/**
 * What is still open, which says how long to wait for its rest: `escape` may be the Esc key itself, `sequence` has
 * begun to be something else, `paste` and `string` are bodies.
 */
export type Pending = 'none' | 'escape' | 'sequence' | 'paste' | 'string';

export type Tokenizer = {
  /** Events that these bytes complete. `at` is when they were read. */
  push(bytes: Uint8Array, at: number): InputEvent[];
  /** What is open is not going on: Esc becomes a key, ESC with one character an Alt key, anything longer is dropped. */
  flush(at: number): InputEvent[];
  readonly pending: Pending;
};

type State =
  | 'ground'
  | 'escape'
  | 'csi'
  | 'application'
  | 'string'
  | 'string-escape'
  | 'paste'
  /** The three bytes after X10's `CSI M`, and Linux's `CSI [ A`. */
  | 'x10'
  | 'linux';

class ByteTokenizer implements Tokenizer {
  private state: State = 'ground';
  private buffer = '';
  private opener = '';
  private decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  private wasCut = false;
  private matched = 0;
  private events: InputEvent[] = [];
  private chunk = 0;
  private at = 0;
  private hasKey = false;

  get pending(): Pending {
    switch (this.state) {
      case 'ground':
        return 'none';
      case 'escape':
        return 'escape';
      case 'csi':
      case 'application':
        // ESC [ and ESC O may still be Alt keys.
        return this.buffer === '' ? 'escape' : 'sequence';
      case 'x10':
      case 'linux':
        return 'sequence';
      case 'paste':
        return 'paste';
      case 'string':
      case 'string-escape':
        return this.buffer === '' ? 'escape' : 'string';
    }
  }

  push(bytes: Uint8Array, at: number): InputEvent[] {
    this.begin(at);
    // Characters, not bytes: an emulator in 8-bit mode may send C1 controls, and text may be cut inside a character.
    for (const char of this.decoder.decode(bytes, { stream: true })) this.take(char);
    return this.end();
  }

  flush(at: number): InputEvent[] {
    this.begin(at);
    const { state, buffer, opener } = this;
    this.state = 'ground';
    this.buffer = '';
    this.matched = 0;
    if (state === 'escape') this.key({ key: 'esc', text: null });
    else if (state === 'paste') this.paste(buffer, true);
    else if (buffer === '' && state !== 'ground' && opener.length === 1) this.key(altKey(characterKey(opener)));
    return this.end();
  }

  private begin(at: number): void {
    this.chunk++;
    this.at = at;
    this.hasKey = false;
    this.events = [];
  }

  private end(): InputEvent[] {
    const { events } = this;
    this.events = [];
    return events;
  }

  private key(key: NamedKey | null): void {
    if (key === null) return;
    this.events.push({ type: 'key', ...key, chunk: this.chunk, at: this.at, isFirst: !this.hasKey });
    this.hasKey = true;
  }

  private paste(text: string, isCut: boolean): void {
    const shown = text.replace(/\r\n?/g, '\n');
    this.events.push({ type: 'paste', text: shown, isCut: isCut || this.wasCut, chunk: this.chunk, at: this.at });
    this.wasCut = false;
  }

  private reply(reply: Reply): void {
    this.events.push({ type: 'reply', reply, chunk: this.chunk, at: this.at });
  }

  private open(state: State, opener: string): void {
    this.state = state;
    this.opener = opener;
    this.buffer = '';
  }

  private close(): string {
    const { buffer } = this;
    this.state = 'ground';
    this.buffer = '';
    return buffer;
  }

  private take(char: string): void {
    switch (this.state) {
      case 'ground':
        return this.ground(char);
      case 'escape':
        return this.escape(char);
      case 'csi':
        return this.csi(char);
      case 'application':
        return this.application(char);
      case 'string':
      case 'string-escape':
        return this.string(char);
      case 'paste':
        return this.pasted(char);
      case 'x10':
        this.buffer += char;
        if (this.buffer.length >= 3) this.close();
        return;
      case 'linux': {
        this.close();
        const index = 'ABCDE'.indexOf(char);
        return index < 0 ? undefined : this.key({ key: `f${index + 1}`, text: null });
      }
    }
  }

  private ground(char: string): void {
    const code = char.codePointAt(0) ?? 0;
    if (code === ESC) return this.open('escape', '');
    if (code < 0x20 || code === 0x7f) return this.key(controlKey(code));
    if (code >= 0x80 && code < 0xa0) return this.openC1(code);
    // A byte that is no UTF-8 is not something that was typed.
    if (code !== 0xfffd) this.key(characterKey(char));
  }

  private openC1(code: number): void {
    if (code === 0x9b) this.open('csi', 'C1');
    else if (code === 0x8f) this.open('application', 'C1');
    else if (code === 0x90 || code === 0x98 || (code >= 0x9d && code <= 0x9f)) {
      this.open('string', code === 0x9d ? 'C1]' : 'C1P');
    }
  }

  private escape(char: string): void {
    const code = char.codePointAt(0) ?? 0;
    if (code === ESC) {
      this.key({ key: 'esc', text: null });
      return this.open('escape', '');
    }
    if (char === '[') return this.open('csi', char);
    if (char === 'O') return this.open('application', char);
    if (char === ']' || char === 'P' || char === 'X' || char === '^' || char === '_') return this.open('string', char);
    this.close();
    if (code < 0x20 || code === 0x7f) {
      const key = controlKey(code);
      if (key !== null) this.key(altKey(key));
    } else if (code < 0x80 || code >= 0xa0) this.key(altKey(characterKey(char)));
  }

  private csi(char: string): void {
    const code = char.codePointAt(0) ?? 0;
    if (code === ESC) {
      this.close();
      return this.open('escape', '');
    }
    // CAN and SUB end a sequence; other controls inside one are noise, never keys.
    if (code === 0x18 || code === 0x1a) return void this.close();
    if (code < 0x20 || code > 0x7e) return;
    if (this.buffer === '' && char === '[') return this.open('linux', '[[');
    // rxvt ends a key with $, which elsewhere stands between parameters and the last byte.
    const isRxvtEnd = char === '$' && /^[2-8]$|^1\d$|^2\d$/.test(this.buffer);
    if (code < 0x40 && !isRxvtEnd) {
      if (this.buffer.length < LONGEST_SEQUENCE) this.buffer += char;
      return;
    }
    this.finishCsi(this.close(), char);
  }

  private finishCsi(parameters: string, final: string): void {
    if (parameters === '200' && final === '~') return this.open('paste', '');
    if (parameters === '201' && final === '~') return;
    if (final === 'M' && parameters === '') return this.open('x10', '[M');
    if (parameters === '' && (final === 'I' || final === 'O')) {
      this.events.push({ type: 'focus', isFocused: final === 'I', chunk: this.chunk, at: this.at });
      return;
    }
    const mouse = mouseOf(parameters, final);
    if (mouse !== null) {
      this.events.push({ type: 'mouse', ...mouse, chunk: this.chunk, at: this.at });
      return;
    }
    const reply = replyOf(parameters, final);
    if (reply !== null) return this.reply(reply);
    this.key(csiKey(parameters, final) ?? rxvtKey(parameters, final));
  }

  private application(char: string): void {
    const code = char.codePointAt(0) ?? 0;
    if (code === ESC) {
      // Alt-O, then another sequence.
      const wasBare = this.buffer === '';
      this.close();
      if (wasBare && this.opener === 'O') this.key(altKey(characterKey('O')));
      return this.open('escape', '');
    }
    if (char >= '0' && char <= '9') {
      this.buffer += char;
      return;
    }
    const modifier = Number(this.close());
    this.key(modifier > 1 ? csiKey(`1;${modifier}`, char) : applicationKey(char));
  }

  private string(char: string): void {
    const code = char.codePointAt(0) ?? 0;
    if (this.state === 'string-escape') {
      if (char === '\\') return this.finishString();
      // ESC began something new: the string is lost.
      this.close();
      this.open('escape', '');
      return this.take(char);
    }
    if (code === ESC) this.state = 'string-escape';
    else if (code === 0x07 || code === 0x9c) this.finishString();
    else if (code === 0x18 || code === 0x1a) this.close();
    else if (this.buffer.length < LONGEST_STRING) this.buffer += char;
  }

  private finishString(): void {
    const isOsc = this.opener.endsWith(']');
    const body = this.close();
    const match = /^(\d{1,4});?(.*)$/s.exec(body);
    if (isOsc && match !== null) this.reply({ kind: 'osc', code: Number(match[1]), text: match[2] ?? '' });
    else this.reply({ kind: 'other', form: isOsc ? 'OSC' : 'string' });
  }

  private pasted(char: string): void {
    // The end is matched step by step: looking back into a growing megabyte would take quadratic time.
    this.matched = char === PASTE_END[this.matched] ? this.matched + 1 : char === PASTE_END[0] ? 1 : 0;
    if (this.buffer.length < LONGEST_PASTE || this.matched > 0) this.buffer += char;
    else this.wasCut = true;
    if (this.matched < PASTE_END.length) return;
    this.matched = 0;
    const text = this.close();
    this.paste(text.endsWith(PASTE_END) ? text.slice(0, -PASTE_END.length) : text, false);
  }
}

/** A tokenizer for one terminal. Pure: time comes in with the bytes. */
export const inputTokenizer = (): Tokenizer => new ByteTokenizer();
