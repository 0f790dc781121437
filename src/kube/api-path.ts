// Paths of the Kubernetes API, from names that may be anything.

export type ResourcePath = {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Null: all namespaces, or a cluster-scoped resource. */
  readonly namespace: string | null;
  readonly name?: string;
  readonly subresource?: string;
};

/** `/api/v1/namespaces/a/pods/b/log`; every part is encoded, so that no name can change the meaning of the path. */
export function apiPath(of: ResourcePath): string {
  const root = of.group === '' ? `/api/${part(of.version)}` : `/apis/${part(of.group)}/${part(of.version)}`;
  const scope = of.namespace === null ? '' : `/namespaces/${part(of.namespace)}`;
  const name = of.name === undefined ? '' : `/${part(of.name)}`;
  const subresource = of.subresource === undefined ? '' : `/${part(of.subresource)}`;
  return `${root}${scope}/${part(of.resource)}${name}${subresource}`;
}

// A dot by itself would climb; encodeURIComponent leaves it alone.
const part = (text: string): string => (/^\.{1,2}$/.test(text) ? '%2E' : encodeURIComponent(text));

/** Query of the parameters that are set, with `?`; empty without any. */
export function query(parameters: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const set = Object.entries(parameters).filter(([, value]) => value !== undefined && value !== '');
  if (set.length === 0) return '';
  return `?${set.map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&')}`;
}
