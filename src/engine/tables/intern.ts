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

  text(raw: string): string {
    return raw === '' ? '' : this.#texts.get(raw, sanitise);
  }

  cell(cell: Cell | undefined): Cell {
    if (cell === null || cell === undefined) return null;
    if (typeof cell === 'string') return this.text(cell);
    if (typeof cell === 'number') return cell;
    if (Array.isArray(cell)) return cell.map((part) => this.text(String(part)));
    if ('n' in cell) return this.#objects.get(`${cell.n}/${cell.of}`, () => ({ n: cell.n, of: cell.of }));
    if ('tag' in cell)
      return this.#objects.get(`${cell.tag}@${cell.digest}`, () => ({
        tag: this.text(cell.tag),
        digest: this.text(cell.digest),
      }));
    if ('text' in cell) return this.#objects.get(JSON.stringify(cell), () => ({ ...cell, text: this.text(cell.text) }));
    return null;
  }
}

const noLabels: Readonly<Record<string, string>> = Object.freeze({});

/** Shares what rows of one owner have in common. */
export class KinPool {
  readonly #known = new Map<string, Kin>();
  readonly #texts = new Pool<string>();

  get(kin: Kin): Kin {
    const key = `${kin.namespace}|${kin.owner}|${kin.app}|${kin.image}`;
    const known = this.#known.get(key);
    if (known !== undefined && sameLabels(known.labels, kin.labels)) return known;
    if (this.#known.size >= most) this.#known.clear();
    const made: Kin = {
      namespace: this.#text(kin.namespace),
      app: this.#text(kin.app),
      owner: this.#text(kin.owner),
      image: this.#text(kin.image),
      labels: this.#labels(kin.labels),
    };
    this.#known.set(key, made);
    return made;
  }

  clear(): void {
    this.#known.clear();
  }

  #text(raw: string): string {
    return raw === '' ? '' : this.#texts.get(raw, sanitise);
  }

  #labels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const out: Record<string, string> = {};
    let any = false;
    for (const key of Object.keys(labels)) {
      const value = labels[key];
      if (typeof value !== 'string') continue;
      out[this.#text(key)] = this.#text(value);
      any = true;
    }
    return any ? out : noLabels;
  }
}

export function sameLabels(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => a[key] === b[key]);
}
