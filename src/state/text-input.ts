// One line of text being typed: letters go in at the caret. Ctrl-u and Ctrl-w do what they do at a shell's prompt; they
// are not bound to anything else, here or outside of a line.

export type TextInput = { readonly text: string /** UTF-16 units before the caret. */; readonly caret: number };

export const inputOf = (text: string): TextInput => ({ text, caret: text.length });

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const before = (input: TextInput): number => {
  const parts = [...graphemes.segment(input.text.slice(0, input.caret))];
  return parts.at(-1)?.index ?? 0;
};

const behind = (input: TextInput): number => {
  const [first] = graphemes.segment(input.text.slice(input.caret));
  return input.caret + (first?.segment.length ?? 0);
};

/** Text typed or pasted; line feeds become blanks. */
export function insert(input: TextInput, text: string): TextInput {
  const clean = text.replaceAll(/[\r\n\t]+/g, ' ').replaceAll(/\p{Cc}/gu, '');
  return {
    text: input.text.slice(0, input.caret) + clean + input.text.slice(input.caret),
    caret: input.caret + clean.length,
  };
}

/** What an editing key does; undefined when the key is none. */
export function edit(input: TextInput, key: string): TextInput | undefined {
  switch (key) {
    case 'left':
      return { ...input, caret: before(input) };
    case 'right':
      return { ...input, caret: behind(input) };
    case 'home':
      return { ...input, caret: 0 };
    case 'end':
      return inputOf(input.text);
    case 'backspace': {
      const from = before(input);
      return { text: input.text.slice(0, from) + input.text.slice(input.caret), caret: from };
    }
    case 'delete':
      return { ...input, text: input.text.slice(0, input.caret) + input.text.slice(behind(input)) };
    case 'ctrl-u':
      return { text: input.text.slice(input.caret), caret: 0 };
    case 'ctrl-w': {
      const kept = input.text.slice(0, input.caret).replace(/\S*\s*$/, '');
      return { text: kept + input.text.slice(input.caret), caret: kept.length };
    }
    default:
      return undefined;
  }
}
