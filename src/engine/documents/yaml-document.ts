// An object as YAML lines. managedFields are left out, data of Secrets is replaced by its size, texts are sanitised.
import { stringify } from 'yaml';
import { at, type KubeObject, record, text } from '../../core/object.ts';
import { cell } from '../../core/sanitise.ts';
import type { DocumentLine } from '../../protocol/messages.ts';
import { decodedSize } from './secret-size.ts';

/** Lines past this are left out with a count: a ConfigMap may hold a megabyte. */
const mostLines = 20_000;
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The YAML of an object, a line each: `key` and `text` as in `key: text`, list items with `- ` before the key. */
export function yamlDocument(object: KubeObject): readonly DocumentLine[] {
  const lines = stringify(withoutNoise(object), { lineWidth: 0, aliasDuplicateObjects: false }).trimEnd().split('\n');
  const shown = lines.slice(0, mostLines).map(lineOf);
  if (lines.length > mostLines) shown.push(note(`${lines.length - mostLines} more lines are left out`));
  return shown;
}

/** The object as it is shown: no managedFields, no values of a Secret, keys in the order that kubectl prints. */
function withoutNoise(object: KubeObject): KubeObject {
  const metadata = { ...record(object, 'metadata') };
  delete metadata['managedFields'];
  const { apiVersion, kind, metadata: _, ...rest } = object;
  if (text(object, 'kind') !== 'Secret') return { apiVersion, kind, metadata, ...rest };
  // kubectl apply keeps the whole Secret in this annotation.
  if (at(metadata, 'annotations', lastApplied) !== undefined) {
    metadata['annotations'] = { ...record(metadata, 'annotations'), [lastApplied]: '•••' };
  }
  const masked = (key: 'data' | 'stringData'): KubeObject =>
    rest[key] === undefined
      ? {}
      : { [key]: Object.fromEntries(Object.entries(record(rest, key)).map(([k, v]) => [k, sizeOf(v, key)])) };
  return { apiVersion, kind, metadata, ...rest, ...masked('data'), ...masked('stringData') };
}

const sizeOf = (value: unknown, key: 'data' | 'stringData'): string =>
  typeof value !== 'string' ? '•••' : `••• ${key === 'data' ? decodedSize(value) : Buffer.byteLength(value)} bytes`;

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
