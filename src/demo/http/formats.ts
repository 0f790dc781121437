// How an object crosses the wire: JSON, YAML, Table or PartialObjectMetadata, as asked for in Accept.
import { stringify } from 'yaml';
import type { ApiCluster } from '../api/cluster.ts';
import { apiVersionOf, type Resource } from '../api/kinds.ts';
import { type ApiObject, type Json, sortedDeep } from '../api/objects.ts';
import { notAcceptable } from '../api/status-bodies.ts';
import type { Entry } from '../api/store.ts';
import { emptyCells, rowsOf } from '../table/table.ts';

export type Format = {
  readonly as: 'json' | 'yaml' | 'table' | 'partial' | 'partial-list';
  /** What a Table row carries. */
  readonly include: 'None' | 'Metadata' | 'Object';
  /** apiVersion of Table and PartialObjectMetadata: `meta.k8s.io/v1`, or v1beta1 when only that was asked for. */
  readonly meta: string;
};

const mediaTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** Picks the first media type that can be served; 406 when there is none. Protobuf and CBOR are passed over. */
export function negotiate(accept: string | undefined, query: URLSearchParams): Format {
  const asked = query.get('includeObject');
  const include = asked === 'None' || asked === 'Object' ? asked : 'Metadata';
  for (const clause of (accept === undefined || accept === '' ? '*/*' : accept).split(',')) {
    const [type = '', ...params] = clause.split(';').map((p) => p.trim());
    const param = new Map(params.map((p) => p.split('=', 2) as [string, string]));
    if (type === 'application/yaml') return { as: 'yaml', include, meta: '' };
    if (!['application/json', 'application/*', '*/*'].includes(type)) continue;
    const as = param.get('as');
    if (as === undefined) return { as: 'json', include, meta: '' };
    const version = param.get('v') ?? 'v1';
    if (param.get('g') !== 'meta.k8s.io' || !['v1', 'v1beta1'].includes(version)) continue;
    const meta = `meta.k8s.io/${version}`;
    if (as === 'Table') return { as: 'table', include, meta };
    if (as === 'PartialObjectMetadata') return { as: 'partial', include, meta };
    if (as === 'PartialObjectMetadataList') return { as: 'partial-list', include, meta };
  }
  throw notAcceptable(mediaTypes);
}

const comma = Buffer.from(',');

const heads = new WeakMap<Resource, Map<string, Buffer>>();

/** What stands before the body of an entry when it is written whole, behind `start`; without a body's own brace. */
function head(resource: Resource, empty: boolean, start = ''): Buffer {
  const known = heads.get(resource) ?? new Map<string, Buffer>();
  heads.set(resource, known);
  const key = `${start}${empty}`;
  let found = known.get(key);
  if (found === undefined) {
    const apiVersion = JSON.stringify(apiVersionOf(resource));
    const kind = JSON.stringify(resource.kind);
    const words = resource.crd
      ? `{"apiVersion":${apiVersion},"kind":${kind}`
      : `{"kind":${kind},"apiVersion":${apiVersion}`;
    found = Buffer.from(start + (empty ? words : `${words},`));
    known.set(key, found);
  }
  return found;
}

/** A whole object with kind and apiVersion. */
export const whole = (resource: Resource, entry: Entry): Buffer =>
  Buffer.concat([head(resource, entry.size <= 2), entry.body.subarray(1)]);

const metadataOnly = (entry: Entry, meta: string): Json => ({
  kind: 'PartialObjectMetadata',
  apiVersion: meta,
  metadata: entry.object.metadata,
});

function row(cluster: ApiCluster, resource: Resource, entry: Entry, format: Format): Json {
  const object =
    format.include === 'None'
      ? null
      : format.include === 'Object'
        ? { kind: resource.kind, apiVersion: apiVersionOf(resource), ...withoutType(entry.object) }
        : metadataOnly(entry, format.meta);
  return { cells: rowsOf(resource).cells(entry.object, cluster.now()), object };
}

const withoutType = ({ kind: _k, apiVersion: _v, ...rest }: ApiObject): Json => rest;

/** One element of a list in this format. */
export function listItem(cluster: ApiCluster, resource: Resource, entry: Entry, format: Format): Buffer {
  if (format.as === 'table') return Buffer.from(goJson(row(cluster, resource, entry, format)));
  if (format.as === 'partial' || format.as === 'partial-list')
    return Buffer.from(JSON.stringify(metadataOnly(entry, format.meta)));
  return resource.crd === null ? entry.body : whole(resource, entry);
}

/** Go escapes these three in JSON strings; the cells `<none>` and `<unknown>` are where it shows. */
const goJson = (value: unknown): string =>
  JSON.stringify(value).replaceAll('<', '\\u003c').replaceAll('>', '\\u003e').replaceAll('&', '\\u0026');

export type ListMeta = {
  readonly resourceVersion: string;
  readonly continue?: string;
  readonly remainingItemCount?: number;
};

/** The bytes of a list around its items. Custom resources have their keys sorted, so metadata comes last. */
export function listFrame(resource: Resource, format: Format, meta: ListMeta): readonly [Buffer, Buffer] {
  const metadata = JSON.stringify({
    resourceVersion: meta.resourceVersion,
    ...(meta.continue === undefined ? {} : { continue: meta.continue }),
    ...(meta.remainingItemCount === undefined ? {} : { remainingItemCount: meta.remainingItemCount }),
  });
  if (format.as === 'table') {
    const columns = goJson(rowsOf(resource).columns);
    const start = `{"kind":"Table","apiVersion":"${format.meta}","metadata":${metadata},"columnDefinitions":${columns},"rows":[`;
    return [Buffer.from(start), Buffer.from(']}\n')];
  }
  if (format.as === 'partial' || format.as === 'partial-list') {
    const start = `{"kind":"PartialObjectMetadataList","apiVersion":"${format.meta}","metadata":${metadata},"items":[`;
    return [Buffer.from(start), Buffer.from(']}\n')];
  }
  const apiVersion = apiVersionOf(resource);
  if (resource.crd !== null) {
    const { resourceVersion } = meta;
    const token = JSON.stringify({ continue: meta.continue ?? '', resourceVersion });
    return [
      Buffer.from(`{"apiVersion":"${apiVersion}","items":[`),
      Buffer.from(`],"kind":"${resource.kind}List","metadata":${token}}\n`),
    ];
  }
  const start = `{"kind":"${resource.kind}List","apiVersion":"${apiVersion}","metadata":${metadata},"items":[`;
  return [Buffer.from(start), Buffer.from(']}\n')];
}

/** Joins items with commas into few buffers. */
export function joined(frame: readonly [Buffer, Buffer], items: readonly Buffer[]): Buffer {
  const parts: Buffer[] = [frame[0]];
  items.forEach((item, i) => {
    if (i > 0) parts.push(comma);
    parts.push(item);
  });
  parts.push(frame[1]);
  return Buffer.concat(parts);
}

/** One object as the answer to GET and writes; lists of one row for Table. */
export function single(cluster: ApiCluster, resource: Resource, entry: Entry, format: Format): Buffer {
  if (format.as === 'table') {
    const meta = { resourceVersion: entry.object.metadata.resourceVersion };
    return joined(listFrame(resource, format, meta), [listItem(cluster, resource, entry, format)]);
  }
  if (format.as === 'partial' || format.as === 'partial-list')
    return Buffer.from(`${JSON.stringify(metadataOnly(entry, format.meta))}\n`);
  return Buffer.concat([whole(resource, entry), Buffer.from('\n')]);
}

/** JSON bytes as YAML, for the few who ask. */
export const toYaml = (json: Buffer): Buffer => Buffer.from(stringify(sortedDeep(JSON.parse(json.toString('utf8')))));

/** What a bookmark of a type carries beside metadata: the empty struct as Go writes it. */
const emptyBodies: Readonly<Record<string, string>> = {
  Pod: ',"spec":{"containers":null},"status":{}',
  Namespace: ',"spec":{},"status":{}',
  Deployment: ',"spec":{"selector":null,"template":{"spec":{"containers":null}},"strategy":{}},"status":{}',
  ReplicaSet: ',"spec":{"selector":null,"template":{"spec":{"containers":null}}},"status":{"replicas":0}',
  StatefulSet:
    ',"spec":{"selector":null,"template":{"spec":{"containers":null}},"serviceName":"","updateStrategy":{}},"status":{"replicas":0,"availableReplicas":0}',
  DaemonSet:
    ',"spec":{"selector":null,"template":{"spec":{"containers":null}},"updateStrategy":{}},"status":{"currentNumberScheduled":0,"numberMisscheduled":0,"desiredNumberScheduled":0,"numberReady":0}',
  Job: ',"spec":{"template":{"spec":{"containers":null}}},"status":{}',
  Node: ',"spec":{},"status":{"daemonEndpoints":{"kubeletEndpoint":{"Port":0}},"nodeInfo":{"machineID":"","systemUUID":"","bootID":"","kernelVersion":"","osImage":"","containerRuntimeVersion":"","kubeletVersion":"","kubeProxyVersion":"","operatingSystem":"","architecture":""}}',
  Event:
    ',"involvedObject":{},"source":{},"firstTimestamp":null,"lastTimestamp":null,"eventTime":null,"reportingComponent":"","reportingInstance":""',
  Service: ',"spec":{},"status":{"loadBalancer":{}}',
  PersistentVolumeClaim: ',"spec":{"resources":{}},"status":{}',
  PersistentVolume: ',"spec":{},"status":{}',
};

export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';

/** Bytes that are written straight into the chunk they leave in. */
export type Piece = { readonly size: number; copyTo(target: Buffer, at: number): void };

const ready = (bytes: Buffer): Piece => ({ size: bytes.length, copyTo: (target, at) => void bytes.copy(target, at) });

/** All pieces in one buffer. */
export function assembled(pieces: readonly Piece[]): Buffer {
  let size = 0;
  for (const piece of pieces) size += piece.size;
  const out = Buffer.allocUnsafe(size);
  let at = 0;
  for (const piece of pieces) {
    piece.copyTo(out, at);
    at += piece.size;
  }
  return out;
}

/** One line of a watch. `first`: whether the Table columns go with it. */
export function eventLine(
  cluster: ApiCluster,
  resource: Resource,
  type: EventType,
  entry: Entry,
  format: Format,
  first: boolean,
): Piece {
  const start = `{"type":"${type}","object":`;
  if (format.as === 'table') {
    const columns = first ? goJson(rowsOf(resource).columns) : 'null';
    const rv = JSON.stringify(entry.object.metadata.resourceVersion);
    const cells = goJson(row(cluster, resource, entry, format));
    const line = Buffer.from(
      `${start}{"kind":"Table","apiVersion":"${format.meta}","metadata":{"resourceVersion":${rv}},"columnDefinitions":${columns},"rows":[${cells}]}}\n`,
    );
    return ready(line);
  }
  if (format.as === 'partial')
    return ready(Buffer.from(`${start}${JSON.stringify(metadataOnly(entry, format.meta))}}\n`));
  const before = head(resource, entry.size <= 2, start);
  return {
    size: before.length + entry.size - 1 + end.length,
    copyTo(target, at) {
      // The body's own brace is written over by what stands before it.
      entry.copyTo(target, at + before.length - 1);
      before.copy(target, at);
      end.copy(target, at + before.length + entry.size - 1);
    },
  };
}

const end = Buffer.from('}\n');

/** A bookmark; `initial` marks the end of the initial events. */
export function bookmarkLine(
  cluster: ApiCluster,
  resource: Resource,
  rv: number,
  format: Format,
  initial: boolean,
  first: boolean,
): Piece {
  const metadata = {
    resourceVersion: String(rv),
    ...(initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  };
  const meta = JSON.stringify(metadata);
  const start = '{"type":"BOOKMARK","object":';
  if (format.as === 'table') {
    const columns = first ? goJson(rowsOf(resource).columns) : 'null';
    const object = { kind: 'PartialObjectMetadata', apiVersion: format.meta, metadata };
    const cells = goJson({ cells: emptyCells(resource, cluster.now()), object });
    const line = Buffer.from(
      `${start}{"kind":"Table","apiVersion":"${format.meta}","metadata":{"resourceVersion":"${rv}"},"columnDefinitions":${columns},"rows":[${cells}]}}\n`,
    );
    return ready(line);
  }
  if (format.as === 'partial')
    return ready(
      Buffer.from(`${start}{"kind":"PartialObjectMetadata","apiVersion":"${format.meta}","metadata":${meta}}}\n`),
    );
  const apiVersion = apiVersionOf(resource);
  if (resource.crd !== null)
    return ready(Buffer.from(`${start}{"apiVersion":"${apiVersion}","kind":"${resource.kind}","metadata":${meta}}}\n`));
  const body = emptyBodies[resource.kind] ?? '';
  return ready(
    Buffer.from(`${start}{"kind":"${resource.kind}","apiVersion":"${apiVersion}","metadata":${meta}${body}}}\n`),
  );
}
