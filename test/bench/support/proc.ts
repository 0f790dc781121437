// CPU time and memory of a process and everything below it, as the kernel counts them. Threads are part of their process.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The process and all its descendants that are alive. */
export function treeOf(root: number): readonly number[] {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = statOf(pid)?.parent;
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const tree = [root];
  for (const pid of tree) tree.push(...(children.get(pid) ?? []));
  return tree;
}

/** User and system time so far of a tree of processes, all threads, in milliseconds; steps of 10 ms. */
export function cpuMsOf(root: number): number {
  return treeOf(root).reduce((sum, pid) => sum + (statOf(pid)?.cpuMs ?? 0), 0);
}

/** The same of the main thread of one process. */
export function mainCpuMsOf(pid: number): number {
  return usedOf(fieldsOf(`/proc/${pid}/task/${pid}/stat`) ?? []);
}

/**
 * How long the main thread of a process has been ready to run while others had the processors, in milliseconds: what a
 * busy machine adds to a latency.
 */
export function queuedMs(pid: number): number {
  return Number(read(`/proc/${pid}/task/${pid}/schedstat`)?.split(' ')[1] ?? Number.NaN) / 1e6;
}

/** The same of each thread of a process, by its id. */
export const queuedByThread = (pid: number): ReadonlyMap<string, number> =>
  new Map(
    readdirSync(`/proc/${pid}/task`).map((tid) => [
      tid,
      Number(read(`/proc/${pid}/task/${tid}/schedstat`)?.split(' ')[1] ?? 0) / 1e6,
    ]),
  );

/** The longest wait of one thread since then. */
export const longestQueuedMs = (pid: number, since: ReadonlyMap<string, number>): number =>
  Math.max(...Array.from(queuedByThread(pid), ([tid, ms]) => ms - (since.get(tid) ?? 0)));

/** Resident memory of a tree of processes, in MB (2^20). */
export function rssMbOf(root: number): number {
  return treeOf(root).reduce(
    (sum, pid) => sum + Number(/VmRSS:\s+(\d+)/.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) / 1024,
    0,
  );
}

/** How many sockets a process has open. */
export function socketsOf(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((name) => linkOf(`${folder}/${name}`).startsWith('socket:')).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function statOf(pid: number): { readonly parent: number; readonly cpuMs: number } | null {
  const fields = fieldsOf(`/proc/${pid}/stat`);
  return fields === null ? null : { parent: Number(fields[1]), cpuMs: usedOf(fields) };
}

/** The fields of a stat file behind the name, which may contain spaces and parentheses. */
const fieldsOf = (path: string): readonly string[] | null =>
  read(path)
    ?.replace(/^.*\) /s, '')
    .split(' ') ?? null;

const usedOf = (fields: readonly string[]): number => (Number(fields[11]) + Number(fields[12])) * 10;

/** Null: the process has ended in between. */
function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
