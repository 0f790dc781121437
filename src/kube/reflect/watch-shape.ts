// How objects are written on the wire and read back: whole objects of which paths are picked, or rows of a Table.
import type { KubeObject, PathSpec } from '../../core/object.ts';
import { list, record } from '../../core/object.ts';
import { compilePick, type Picker } from '../decode/decoder.ts';
import { pickMore } from '../decode/more.ts';

export type WatchShape = {
  /** For a watch, and for a LIST: some forms have another name there. */
  readonly acceptWatch: string;
  readonly acceptList: string;
  /** Query parameters of this form, beginning with `&`. */
  readonly query: string;
  /** Where a LIST keeps its elements. */
  readonly listKey: 'items' | 'rows';
  /** Of the object in a watch event, and of an element of a LIST. */
  readonly event: Picker;
  readonly element: Picker;
  /** What the object of an event holds; a Table may hold several rows. */
  objectsOf(value: unknown): readonly KubeObject[];
  objectOf(element: unknown): KubeObject;
  /** What stands before the rows of a LIST's page, and around each event of a Table (columns come in the first one only). */
  onEnvelope?(envelope: unknown): void;
};

const identity = {
  name: 1,
  namespace: 1,
  uid: 1,
  resourceVersion: 1,
  creationTimestamp: 1,
  deletionTimestamp: 1,
} as const;

/** The spec with what every row needs to be told apart. */
export function withIdentity(spec: PathSpec): PathSpec {
  if (spec === 1 || isEach(spec)) return 1;
  const metadata = spec['metadata'];
  if (metadata === 1) return spec;
  const own = metadata === undefined || isEach(metadata) ? {} : metadata;
  return { ...spec, metadata: { ...identity, ...own } };
}

const isEach = (spec: PathSpec): spec is readonly [PathSpec] => Array.isArray(spec);

/** What is read of some objects only. */
export type MorePaths = {
  /** Two that mean the same have the same. */
  readonly id: string;
  /** All that is read then, the usual paths as well. */
  readonly pick: PathSpec;
  isNeeded(object: KubeObject): boolean;
};

/** Whole objects; only the paths of `pick` (and what names the object) are read, and those of `more` where needed. */
export function objectShape(pick: PathSpec, onFallback: () => void, more?: MorePaths): WatchShape {
  const usual = compilePick(withIdentity(pick), onFallback);
  const picker =
    more === undefined
      ? usual
      : pickMore(usual, compilePick(withIdentity(more.pick), onFallback), (value) => more.isNeeded(record(value)));
  return {
    acceptWatch: 'application/json',
    acceptList: 'application/json',
    query: '',
    listKey: 'items',
    event: picker,
    element: picker,
    objectsOf: (value) => [record(value)],
    objectOf: (element) => record(element),
  };
}

const tableForm = 'as=Table;v=v1;g=meta.k8s.io';
// The plain form behind it keeps error answers on one line; `as=…` alone has them printed over many.
const acceptTable = `application/json;${tableForm},application/json`;

/**
 * Rows as the server itself shows them. `Metadata` gives each row its name, uid and labels without annotations being
 * read (last-applied may hold a Secret's data); `None` gives cells alone and is meant for counting.
 */
export function tableShape(
  includeObject: 'Metadata' | 'None',
  onColumns: (columns: readonly unknown[]) => void,
  onFallback: () => void,
): WatchShape {
  const metadata = { ...identity, labels: 1, ownerReferences: 1 } as const;
  const row = { cells: 1, object: { metadata } } as const;
  const toObject = (value: unknown): KubeObject => {
    const element = record(value);
    return { metadata: record(element, 'object', 'metadata'), cells: list(element, 'cells') };
  };
  const onEnvelope = (envelope: unknown): void => {
    const columns = list(envelope, 'columnDefinitions');
    if (columns.length > 0) onColumns(columns);
  };
  return {
    acceptWatch: acceptTable,
    acceptList: acceptTable,
    query: `&includeObject=${includeObject}`,
    listKey: 'rows',
    event: compilePick({ columnDefinitions: 1, metadata: { resourceVersion: 1 }, rows: [row] }, onFallback),
    element: compilePick(row, onFallback),
    objectsOf(value) {
      onEnvelope(value);
      return list(value, 'rows').map(toObject);
    },
    objectOf: toObject,
    onEnvelope,
  };
}
