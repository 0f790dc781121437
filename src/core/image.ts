// Container image references: `registry:5000/shop/cart:2.4.0@sha256:…` taken apart.

/** Parts of an image reference. Empty strings for parts that it has not. */
export type Image = {
  /** Registry and path: `registry:5000/shop/cart`. */
  readonly repository: string;
  readonly tag: string;
  /** The hexadecimal part of the digest: `9f3c1a…`. */
  readonly digest: string;
};

const digestMark = /@(?:sha256:|sha512:)?([0-9a-f]{6,128})$/i;

/**
 * Takes an image reference apart, as far as it can be: never throws. The tag stands behind the last colon that comes
 * after the last slash (a colon before it is a port), by the grammar of the distribution project.
 * @example parseImage('registry:5000/shop/cart:2.4.0') // { repository: 'registry:5000/shop/cart', tag: '2.4.0', digest: '' }
 */
export function parseImage(reference: string): Image {
  // An image id may come as `docker-pullable://repo@sha256:…`.
  const scheme = reference.indexOf('://');
  let rest = scheme < 0 ? reference : reference.slice(scheme + 3);
  let digest = '';
  const match = digestMark.exec(rest);
  if (match !== null) {
    digest = (match[1] ?? '').toLowerCase();
    rest = rest.slice(0, match.index);
  }
  const colon = rest.lastIndexOf(':');
  if (colon <= rest.lastIndexOf('/')) return { repository: rest, tag: '', digest };
  return { repository: rest.slice(0, colon), tag: rest.slice(colon + 1), digest };
}

/** `cart:2.4.0`: the last part of the path with the tag, else with the start of the digest; for one-line messages. */
export function shortImage(reference: string): string {
  const image = parseImage(reference);
  const name = image.repository.slice(image.repository.lastIndexOf('/') + 1);
  if (image.tag !== '') return `${name}:${image.tag}`;
  return image.digest === '' ? name : `${name}@${image.digest.slice(0, 6)}`;
}
