// Names for things that are passed everywhere. Branded, so that a cluster's id is never mistaken for its name.

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/**
 * One API server, for as long as the program runs. It is made from server, CA, proxy, tls-server-name and user entry,
 * so it is known before the first connection; the UID of `kube-system` is learned later and may fold two ids into one.
 */
export type ClusterId = Branded<string, 'ClusterId'>;

/** Makes a cluster id; only the kubeconfig loader, the demo and tests have a reason to. */
export const clusterId = (text: string): ClusterId => text as ClusterId;

/** A resource type as the API addresses it; `group` is empty for the core group. */
export type ResourceType = { readonly group: string; readonly version: string; readonly resource: string };

/** `pods`, `deployments.apps`: the name under which a resource is known whatever its version. */
export const resourceName = (type: { readonly group: string; readonly resource: string }): string =>
  type.group === '' ? type.resource : `${type.resource}.${type.group}`;

/** One object in one cluster, as a row or a dialog names it. `uid` decides, names are for people. */
export type ObjectRef = {
  readonly cluster: ClusterId;
  readonly type: ResourceType;
  readonly kind: string;
  /** Empty for a cluster-scoped object. */
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
};
