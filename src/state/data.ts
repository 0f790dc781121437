// What the engine has said, for the panes that are open: windows of rows, of logs, documents, details.
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { LogWindow } from '../core/log-line.ts';
import type { Row } from '../core/row.ts';
import type { ClusterRights, ClusterSummary } from '../core/cluster.ts';
import type { DocumentView, ProblemDetail } from '../protocol/messages.ts';
import type { ShownWindow } from './windows.ts';

export type { FleetView } from '../protocol/engine.ts';
export type { DocumentLine, DocumentView, ProblemDetail } from '../protocol/messages.ts';

export type DataState = {
  readonly windows: Readonly<Record<string, ShownWindow>>;
  readonly logs: Readonly<Record<string, LogWindow>>;
  readonly documents: Readonly<Record<string, DocumentView>>;
  /** Rows of views that ask for them: containers, related objects. */
  readonly rows: Readonly<Record<string, readonly Row[]>>;
  /** Unfolded problems by the key of their row, and what Why found by its view. */
  readonly problems: Readonly<Record<string, ProblemDetail>>;
  /** What the identity in use may do, by `rightsKey`. */
  readonly rights: Readonly<Record<string, ClusterRights>>;
  /** Since when a view waits for its first answer, by view id. */
  readonly waitingSince: Readonly<Record<string, number>>;
  /** Why a question got no answer, by view id. */
  readonly refusals: Readonly<Record<string, string>>;
};

export type DataStore = StoreApi<DataState>;

export const createData = (): DataStore =>
  createStore<DataState>()(() => ({
    windows: {},
    logs: {},
    documents: {},
    rows: {},
    problems: {},
    rights: {},
    waitingSince: {},
    refusals: {},
  }));

/** Rights belong to a cluster and an identity: another one may do other things. */
export const rightsKey = ({ id, identity }: Pick<ClusterSummary, 'id' | 'identity'>): string => `${id} ${identity}`;

/** A record without some keys. */
export const without = <T>(record: Readonly<Record<string, T>>, key: string): Readonly<Record<string, T>> => {
  if (!(key in record)) return record;
  const { [key]: _gone, ...rest } = record;
  return rest;
};
