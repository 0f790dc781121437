// An object as YAML lines. managedFields are left out, data of Secrets is replaced by its size, texts are sanitised.
import { stringify } from 'yaml';
import { type KubeObject, record } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import type { DocumentLine } from '../../protocol/messages.ts';
import { withoutSecretData } from './secret-data.ts';

/** Lines past this are left out with a count: a ConfigMap may hold a megabyte. */
const mostLines = 20_000;

/** The YAML of an object, a line each: `key` and `text` as in `key: text`, list items with `- ` before the key. */
export function yamlDocument(object: KubeObject): readonly DocumentLine[] {
  const lines = stringify(withoutNoise(object), { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split('\n');
  const shown = lines.slice(0, mostLines).map(lineOf);
  if (lines.length > mostLines) shown.push(note(`${lines.length - mostLines} more lines are left out`));
  return shown;
}

/** The object as it is shown: no managedFields, no values of a Secret, keys in the order that kubectl prints. */
function withoutNoise(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata, ...rest } = withoutSecretData(object);
  const { managedFields: _, ...shown } = record(metadata);
  return { apiVersion, kind, metadata: shown, ...rest };
}

const keyed =
  /^(\s*)((?:- )*)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'#:-][^:]*?|[^\s"'#:][^:\s][^:]*?)(?::(?: (.*))?)$/;

function lineOf(raw: string): DocumentLine {
  const match = keyed.exec(raw);
  if (match) {
    const [, blank = '', dashes = '', key = '', value = ''] = match;
    return { indent: blank.length, key: cell(dashes + key), text: cell(value), tone: toneOf(value) };
  }
  const indent = raw.length - raw.trimStart().length;
  return { indent, key: '', text: cell(raw.slice(indent)), tone: 'text' };
}

const toneOf = (value: string): DocumentLine['tone'] =>
  value.startsWith('"•••') || value.startsWith('•••') ? 'muted' : 'text';

const note = (words: string): DocumentLine => ({ indent: 0, key: '', text: words, tone: 'muted' });
