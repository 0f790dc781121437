// Kubernetes resource quantities (`500m`, `1.5Gi`, `2e3`), read into plain numbers for comparing and showing.

const pattern = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))([eE][+-]?\d+|[KMGTPE]i|[numkMGTPE])?$/;

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * The number behind a quantity (cores, bytes or a count); undefined when the text is none. Suffixes and their meaning
 * are those of the API's `resource.Quantity`. Above 2^53 the last digits are rounded.
 * @example quantity('500m') // 0.5
 * @example quantity('1Gi') // 1073741824
 */
export function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const match = pattern.exec(value);
  if (match === null) return undefined;
  const suffix = match[2] ?? '';
  const size = Number(match[1]);
  if (suffix === '') return size;
  const factor = factors[suffix];
  return factor === undefined ? Number(`${match[1]}${suffix}`) : size * factor;
}
