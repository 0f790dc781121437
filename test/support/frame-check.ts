// What a written frame may hold: printable text and the escape forms that we emit, nothing else. Tests check every byte, so
// that hostile text of a cluster that slipped through is found.

// One alternative per form: cursor moves, erase, style, scroll region and scroll, sync brackets, CR and LF.
const frameForms =
  /\x1b\[(?:\d*(?:;\d+)?H|\d*[A-DGST]|2?J|K|\d+X|[\d;]*m|(?:\d+;\d+)?r|\?2026[hl]|\?25[hl]|5n)|\r|\n/gy;

// What opening, closing and asking the terminal needs on top: modes, queries, clipboard, keyboard protocol, resets.
const controlForms =
  /\x1b\[\?(?:7|25|1000|1002|1003|1004|1006|1049|2004|2026|2027|2031)(?:[hl]|\$p)|\x1b\[(?:[cn]|[56]n|[<>=]\d*u|\?u|>4(?:;\d)?m|0?m|2?J|K|H|!p|r)|\x1b\](?:11;\?|52;c;[A-Za-z0-9+/=]*|8;;)(?:\x07|\x1b\\)|\x1bPtmux;(?:\x1b\x1b|[^\x1b])*\x1b\\|\x1b\(B|\x1b>|\x0f|\r|\n/gy;

// Controls, surrogates without a partner, line separators and bidi controls are not printable.
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/** The first piece that may not be written, as shown text, or null. `isControl` allows the forms of a mode change. */
export function badPiece(bytes: string, isControl = false): string | null {
  for (let at = 0; at < bytes.length; ) {
    const code = bytes.codePointAt(at) ?? 0;
    if (code >= 0x20 && code < 0x7f) {
      at++;
      continue;
    }
    const length = formLength(frameForms, bytes, at) || (isControl ? formLength(controlForms, bytes, at) : 0);
    if (length > 0) {
      at += length;
      continue;
    }
    const char = String.fromCodePoint(code);
    if (unprintable.test(char)) return `at ${at}: ${JSON.stringify(bytes.slice(at, at + 24))}`;
    at += char.length;
  }
  return null;
}

function formLength(forms: RegExp, bytes: string, at: number): number {
  forms.lastIndex = at;
  return forms.exec(bytes)?.[0].length ?? 0;
}
