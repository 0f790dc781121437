// A Secret without what is secret in it: key names and sizes stay. Every way out of the program that shows whole objects
// goes through here.
import { at, type KubeObject, record, text } from '../../core/object.ts';
import { decodedSize } from './secret-size.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** The object as it is when it is no Secret; otherwise with sizes (`••• 12 bytes`) in place of values. */
export function withoutSecretData(object: KubeObject): KubeObject {
  if (text(object, 'kind') !== 'Secret') return object;
  const masked = (key: 'data' | 'stringData'): KubeObject =>
    object[key] === undefined
      ? {}
      : { [key]: Object.fromEntries(Object.entries(record(object, key)).map(([k, v]) => [k, sizeOf(v, key)])) };
  const metadata = record(object, 'metadata');
  // kubectl apply keeps the whole Secret in this annotation.
  const annotations =
    at(metadata, 'annotations', lastApplied) === undefined
      ? {}
      : { annotations: { ...record(metadata, 'annotations'), [lastApplied]: '•••' } };
  return { ...object, metadata: { ...metadata, ...annotations }, ...masked('data'), ...masked('stringData') };
}

const sizeOf = (value: unknown, key: 'data' | 'stringData'): string =>
  typeof value !== 'string' ? '•••' : `••• ${key === 'data' ? decodedSize(value) : Buffer.byteLength(value)} bytes`;
