// Label and field selectors: parsing with the words of a real server, and matching.
import { at } from '../../core/object.ts';
import type { ApiObject } from './objects.ts';
import { badRequest } from './status-bodies.ts';

export type Matcher = (object: ApiObject) => boolean;

type Requirement = { readonly key: string; readonly op: string; readonly values: readonly string[] };

const tokenise = (text: string): string[] => text.match(/==|!=|=|,|\(|\)|!|<|>|[^\s=!,()<>]+/g) ?? [];

/** Parses `a=b,c!=d,e in (f,g),!h,i`; throws the 400 of a real server. Source: apimachinery labels.Parse. */
export function parseLabels(text: string): Requirement[] {
  const tokens = tokenise(text);
  const out: Requirement[] = [];
  let i = 0;
  const fail = (found: string | undefined, wanted: string): never => {
    throw badRequest(`unable to parse requirement: found '${found ?? ''}', expected: ${wanted}`);
  };
  const isWord = (t: string | undefined): t is string => t !== undefined && !/^(==|!=|=|,|\(|\)|!|<|>)$/.test(t);
  while (i < tokens.length) {
    const negated = tokens[i] === '!';
    if (negated) i++;
    const key = tokens[i++];
    if (!isWord(key)) return fail(key, "!, identifier, or 'end of string'");
    const next = tokens[i];
    if (negated || next === undefined || next === ',') {
      out.push({ key, op: negated ? 'absent' : 'exists', values: [] });
    } else if (next === '=' || next === '==' || next === '!=' || next === '>' || next === '<') {
      i++;
      const value = tokens[i];
      if (value === undefined || value === ',') out.push({ key, op: next, values: [''] });
      else if (!isWord(value)) return fail(value, 'identifier');
      else {
        i++;
        out.push({ key, op: next, values: [value] });
      }
    } else if (next === 'in' || next === 'notin') {
      if (tokens[i + 1] !== '(') return fail(tokens[i + 1], "'('");
      i += 2;
      const values: string[] = [];
      while (i < tokens.length && tokens[i] !== ')') {
        if (tokens[i] !== ',') values.push(tokens[i] ?? '');
        i++;
      }
      if (tokens[i++] !== ')') return fail('', "',', or ')'");
      out.push({ key, op: next, values });
    } else return fail(next, 'in, notin, =, ==, !=, gt, lt');
    if (i < tokens.length && tokens[i++] !== ',') return fail(tokens[i - 1], "',' or 'end of string'");
  }
  return out;
}

function holds(r: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = labels[r.key];
  switch (r.op) {
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case '=':
    case '==':
    case 'in':
      return value !== undefined && r.values.includes(value);
    case '>':
      return value !== undefined && Number(value) > Number(r.values[0]);
    case '<':
      return value !== undefined && Number(value) < Number(r.values[0]);
    default:
      return value === undefined || !r.values.includes(value);
  }
}

export function labelMatcher(text: string): Matcher {
  const requirements = parseLabels(text);
  return (object) => requirements.every((r) => holds(r, object.metadata.labels ?? {}));
}

/** Whether labels satisfy a LabelSelector object (`matchLabels`, `matchExpressions`). An empty one matches all. */
export function selects(selector: unknown, labels: Readonly<Record<string, string>> | undefined): boolean {
  const have = labels ?? {};
  const wanted = (at(selector, 'matchLabels') ?? {}) as Readonly<Record<string, string>>;
  if (!Object.entries(wanted).every(([k, v]) => have[k] === v)) return false;
  const expressions = at(selector, 'matchExpressions');
  if (!Array.isArray(expressions)) return true;
  return expressions.every((e: { key: string; operator: string; values?: string[] }) => {
    const op = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: 'absent' }[e.operator] ?? 'exists';
    return holds({ key: e.key, op, values: e.values ?? [] }, have);
  });
}

/** A LabelSelector as `/scale` and list calls write it: `a=b,c in (d,e)`. */
export function selectorText(selector: unknown): string {
  const wanted = (at(selector, 'matchLabels') ?? {}) as Readonly<Record<string, string>>;
  const parts = Object.entries(wanted).map(([k, v]) => `${k}=${v}`);
  const expressions = at(selector, 'matchExpressions');
  if (Array.isArray(expressions))
    for (const e of expressions as { key: string; operator: string; values?: string[] }[])
      parts.push(
        e.operator === 'Exists'
          ? e.key
          : e.operator === 'DoesNotExist'
            ? `!${e.key}`
            : `${e.key} ${e.operator.toLowerCase()} (${[...(e.values ?? [])].sort().join(',')})`,
      );
  return parts.sort().join(',');
}

/** Fields that a real server accepts beside metadata.name and metadata.namespace, per storage name. */
const selectable: Readonly<Record<string, readonly string[]>> = {
  pods: [
    'spec.nodeName',
    'spec.restartPolicy',
    'spec.schedulerName',
    'spec.serviceAccountName',
    'spec.hostNetwork',
    'status.phase',
    'status.podIP',
    'status.nominatedNodeName',
  ],
  events: [
    'involvedObject.kind',
    'involvedObject.namespace',
    'involvedObject.name',
    'involvedObject.uid',
    'involvedObject.apiVersion',
    'involvedObject.resourceVersion',
    'involvedObject.fieldPath',
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  'events.events.k8s.io': [
    'regarding.kind',
    'regarding.namespace',
    'regarding.name',
    'regarding.uid',
    'regarding.apiVersion',
    'regarding.resourceVersion',
    'regarding.fieldPath',
    'reason',
    'reportingController',
    'type',
  ],
  nodes: ['spec.unschedulable'],
  namespaces: ['status.phase'],
  secrets: ['type'],
  'replicasets.apps': ['status.replicas'],
  'jobs.batch': ['status.successful'],
};

function fieldValue(object: ApiObject, field: string): string {
  if (field === 'source') return String(at(object, 'source', 'component') ?? '');
  const value = at(object, ...field.split('.'));
  return value === undefined || value === null
    ? field === 'spec.hostNetwork' || field === 'spec.unschedulable'
      ? 'false'
      : ''
    : String(value);
}

/** Parses `a=b,c!=d`; throws the 400 of a real server for what it cannot read or does not support. */
export function fieldMatcher(text: string, storage: string, more: readonly string[] = []): Matcher {
  const allowed = ['metadata.name', 'metadata.namespace', ...(selectable[storage] ?? []), ...more];
  const terms = text
    .split(',')
    .filter((t) => t !== '')
    .map((term) => {
      const found = /^(.+?)(==|!=|=)(.*)$/.exec(term);
      if (found === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      const [, field = '', op = '', value = ''] = found;
      if (!allowed.includes(field))
        throw badRequest(
          selectable[storage] === undefined && more.length === 0
            ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
            : `field label not supported: ${field}`,
        );
      return { field, negated: op === '!=', value };
    });
  return (object) => terms.every((t) => (fieldValue(object, t.field) === t.value) !== t.negated);
}
