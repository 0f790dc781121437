// One request in the API's own terms: which resource, which object, which verb, as RequestInfo of a real server has it.
import { badRequest } from '../api/status-bodies.ts';

export type RequestInfo = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Not set for paths that are not about a resource (`/version`, `/apis`). */
  readonly target: Target | null;
};

export type Target = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Empty for cluster-wide requests and cluster-scoped resources. */
  readonly namespace: string;
  readonly name: string;
  readonly subresource: string;
  /** Rest of the path behind `proxy`. */
  readonly rest: string;
  readonly verb: string;
};

const yes = (value: string | null): boolean => value === '1' || value === 'true';

function verbOf(method: string, name: string, query: URLSearchParams): string {
  switch (method) {
    case 'GET':
      if (yes(query.get('watch')) && (name === '' || query.has('watch'))) return 'watch';
      return name === '' ? 'list' : 'get';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return name === '' ? 'deletecollection' : 'delete';
    default:
      return method.toLowerCase();
  }
}

/** Takes a URL apart. Paths under /api and /apis that stop before a resource have no target. */
export function parseRequest(method: string, url: string): RequestInfo {
  const cut = url.indexOf('?');
  const path = cut < 0 ? url : url.slice(0, cut);
  const query = new URLSearchParams(cut < 0 ? '' : url.slice(cut + 1));
  const info = { method, path, query };
  const parts = path.split('/').slice(1);
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return { ...info, target: null };
  const [group, version, ...rest] = core ? ['', ...parts.slice(1)] : parts.slice(1);
  if (group === undefined || version === undefined || rest.length === 0 || rest[0] === '')
    return { ...info, target: null };
  let namespace = '';
  let [resource = '', name = '', subresource = '', ...more] = rest.map(decodeURIComponent);
  if (resource === 'namespaces' && rest.length > 2 && !['status', 'finalize'].includes(subresource)) {
    namespace = name;
    [resource = '', name = '', subresource = '', ...more] = rest.slice(2).map(decodeURIComponent);
  } else if (resource === 'namespaces') namespace = name;
  let verb = verbOf(method, name, query);
  let about = name;
  if (about === '' && (verb === 'list' || verb === 'watch')) {
    const single = /^metadata\.name==?([^,]+)$/.exec(query.get('fieldSelector') ?? '');
    about = single?.[1] ?? '';
  }
  if (subresource !== '' && method === 'GET') verb = 'get';
  return {
    ...info,
    target: {
      group,
      version,
      resource,
      namespace,
      name: verb === 'list' || verb === 'watch' || verb === 'deletecollection' ? about : name,
      subresource,
      rest: more.join('/'),
      verb,
    },
  };
}

/** A number in the query; 400 with Go's words for anything else. */
export function queryNumber(query: URLSearchParams, key: string): number | undefined {
  const value = query.get(key);
  if (value === null || value === '') return undefined;
  if (!/^-?\d+$/.test(value)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`);
  return Number(value);
}

export const queryFlag = (query: URLSearchParams, key: string): boolean => yes(query.get(key));
