// Equal values are kept once. What turns out to be different in every object (addresses, messages) is not looked up for
// long: a column that does not repeat is left alone.
import type { Cell } from '../../core/row.ts';
import { cell as sanitise } from '../../core/sanitise.ts';
import type { Kin } from './stored-row.ts';

const probation = 512;
const most = 20_000;

/** Values of one column or field, kept once while they repeat. */
export class Pool<T> {
  readonly #known = new Map<string, T>();
  #asked = 0;
  #isWorthIt = true;

  /** The known value of this key, else what `make` returns, remembered. */
  get(key: string, make: (key: string) => T): T {
    if (!this.#isWorthIt) return make(key);
    const known = this.#known.get(key);
    this.#asked++;
    if (known !== undefined) return known;
    if (this.#asked > probation && this.#known.size * 2 > this.#asked) {
      this.#isWorthIt = false;
      this.#known.clear();
      return make(key);
    }
    // Churn over weeks must not grow it: forgetting only costs a second copy of what is still in use.
    if (this.#known.size >= most) this.#known.clear();
    const made = make(key);
    this.#known.set(key, made);
    return made;
  }
}

/** Sanitises and shares strings and small cells of one column. */
export class CellPool {
  readonly #texts = new Pool<string>();
  readonly #objects = new Pool<Cell>();
  readonly #ratios: { readonly n: number; readonly of: number }[] = [];

  text(raw: string): string {
    return raw === '' ? '' : this.#texts.get(raw, sanitise);
  }

  cell(cell: Cell | undefined): Cell {
    if (cell === null || cell === undefined) return null;
    if (typeof cell === 'string') return this.text(cell);
    if (typeof cell === 'number') return cell;
    if (Array.isArray(cell)) return cell.map((part) => this.text(String(part)));
    if ('n' in cell) return this.#ratio(cell.n, cell.of);
    if ('tag' in cell)
      return this.#objects.get(`${cell.tag}@${cell.digest}`, () => ({
        tag: this.text(cell.tag),
        digest: this.text(cell.digest),
      }));
    if ('text' in cell) return this.#objects.get(JSON.stringify(cell), () => ({ ...cell, text: this.text(cell.text) }));
    return null;
  }

  /** Nearly all are small: these are found without making a key of them. */
  #ratio(n: number, of: number): Cell {
    const small = n >>> 0 === n && of >>> 0 === of && n < smallRatio && of < smallRatio;
    if (!small) return this.#objects.get(`${n}/${of}`, () => ({ n, of }));
    const place = of * smallRatio + n;
    return (this.#ratios[place] ??= { n, of });
  }
}

const smallRatio = 17;

const noLabels: Readonly<Record<string, string>> = Object.freeze({});

/** The pools of one watch definition, for all clusters: they say the same things. */
export class FeedPools {
  readonly names = new CellPool();
  readonly states = new CellPool();
  readonly labels = new CellPool();
  readonly #columns: CellPool[] = [];

  column(i: number): CellPool {
    let pool = this.#columns[i];
    if (pool === undefined) this.#columns[i] = pool = new CellPool();
    return pool;
  }
}

/** Owners whose rows come one after another are found among the last few: names come in order. */
const recentOwners = 64;

/** Shares what rows of one owner have in common. */
export class KinPool {
  readonly #recent = new Map<string, Kin>();

  get(kin: Kin, pools: FeedPools): Kin {
    const key = kin.owner === '' ? `${kin.namespace}|${kin.app}` : kin.owner;
    const known = this.#recent.get(key);
    if (known !== undefined && isSameKin(known, kin)) return known;
    if (this.#recent.size >= recentOwners) this.#recent.clear();
    const { labels } = pools;
    const made: Kin = {
      namespace: labels.text(kin.namespace),
      app: labels.text(kin.app),
      owner: kin.owner === '' ? '' : sanitise(kin.owner),
      image: labels.text(kin.image),
      labels: cleanLabels(kin.labels, labels),
    };
    this.#recent.set(key, made);
    return made;
  }

  clear(): void {
    this.#recent.clear();
  }
}

const isSameKin = (a: Kin, b: Kin): boolean =>
  a.namespace === b.namespace &&
  a.app === b.app &&
  a.owner === b.owner &&
  a.image === b.image &&
  sameLabels(a.labels, b.labels);

function cleanLabels(raw: Readonly<Record<string, string>>, pool: CellPool): Readonly<Record<string, string>> {
  const out: Record<string, string> = {};
  let any = false;
  for (const key of Object.keys(raw)) {
    const value = raw[key];
    if (typeof value !== 'string') continue;
    out[pool.text(key)] = pool.text(value);
    any = true;
  }
  return any ? out : noLabels;
}

export function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  let left = 0;
  for (const key in a) {
    if (a[key] !== b[key]) return false;
    left++;
  }
  for (const _ in b) left--;
  return left === 0;
}
