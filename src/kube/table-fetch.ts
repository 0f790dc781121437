// The server's own table of a list, once: what kubectl prints for `get`.
import { at, list, record, text } from '../core/object.ts';
import { cell } from '../core/sanitise.ts';
import { ApiError } from './api-error.ts';
import { apiPath, query } from './api-path.ts';
import type { ListAddress } from './objects.ts';
import type { Session } from './session/contract.ts';
import { readColumn, type TableColumn } from './reflect/table.ts';

export type ServerTable = {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly { readonly namespace: string; readonly name: string; readonly cells: readonly string[] }[];
  readonly missing: readonly string[];
};

const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json';
const pageSize = 500;

/** Rows of a list, or of the named objects alone. Throws ApiError; a name that is not there is in `missing`. */
export async function fetchTable(
  session: Session,
  address: ListAddress,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ServerTable> {
  let columns: readonly TableColumn[] = [];
  const rows: ServerTable['rows'][number][] = [];
  const take = (page: unknown): void => {
    // Only the first page names the columns.
    const heads = list(page, 'columnDefinitions');
    if (heads.length > 0) columns = heads.map(readColumn);
    for (const row of list(page, 'rows')) {
      const metadata = record(row, 'object', 'metadata');
      rows.push({
        namespace: text(metadata, 'namespace'),
        name: text(metadata, 'name'),
        cells: list(row, 'cells').map((value) => cell(value === null || value === undefined ? '' : String(value))),
      });
    }
  };
  const ask = async (path: string): Promise<unknown> =>
    session.json({ path, headers: { accept }, timeoutMs: 60_000, signal });
  // Without a namespace an object cannot be asked for by its name alone: the list is read and the names are picked.
  if (names.length > 0 && address.namespace !== null) {
    const missing: string[] = [];
    for (const name of names) {
      try {
        take(await ask(apiPath({ ...address, name })));
      } catch (error) {
        if (!(error instanceof ApiError) || error.code !== 404) throw error;
        missing.push(name);
      }
    }
    return { columns, rows, missing };
  }
  let token = '';
  do {
    const { labelSelector, fieldSelector } = address;
    const page = await ask(
      `${apiPath(address)}${query({ labelSelector, fieldSelector, limit: pageSize, ...(token === '' ? {} : { continue: token }) })}`,
    );
    take(page);
    token = String(at(page, 'metadata', 'continue') ?? '');
  } while (token !== '');
  if (names.length === 0) return { columns, rows, missing: [] };
  return {
    columns,
    rows: rows.filter((row) => names.includes(row.name)),
    missing: names.filter((name) => !rows.some((row) => row.name === name)),
  };
}
