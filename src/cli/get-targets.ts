// What `get` is asked for, in kubectl's manners: `po`, `po,svc`, `po cart-1 cart-2`, `po/cart-1 deploy/cart`.

/** Objects of one kind; without names all of them. */
export type GetTarget = { readonly kind: string; readonly names: readonly string[] };

/** The words behind `get`, or what is wrong with them. Names of one kind stand together. */
export function readTargets(first: string, more: readonly string[]): readonly GetTarget[] | string {
  const words = [first, ...more];
  if (!words.some((word) => word.includes('/'))) {
    const kinds = first.split(',').filter((kind) => kind !== '');
    if (kinds.length === 0) return 'a kind is missing: write po, or po,svc';
    return [...new Set(kinds)].map((kind) => ({ kind, names: more }));
  }
  const found = new Map<string, string[]>();
  for (const word of words) {
    const [kind = '', name = '', ...rest] = word.split('/');
    if (kind === '' || name === '' || rest.length > 0 || kind.includes(','))
      return `${word} is no KIND/NAME: write po/cart-1 deploy/cart, or po cart-1 cart-2`;
    found.set(kind, [...(found.get(kind) ?? []), name]);
  }
  return Array.from(found, ([kind, names]) => ({ kind, names }));
}
