// A container's log as a kubelet serves it: instances, rotation, sinceTime by whole seconds, tailLines, follow, and cuts.
import type { ContainerState } from '../../src/kube/logs/log-stream.ts';
import type { Scripted, ScriptedServer, ScriptedStream } from './scripted-server.ts';

type Line = { readonly time: string; readonly text: string };
type Instance = { id: string; lines: Line[] };

export class ScriptedLog {
  readonly #instances: Instance[] = [{ id: 'c1', lines: [] }];
  readonly #followers = new Set<ScriptedStream>();
  #clock = Date.parse('2026-11-21T00:00:00Z') * 1e3;
  /** What the pod's watch knows; a test may let it lag. */
  state: ContainerState = {
    exists: true,
    containerId: 'c1',
    isRunning: true,
    isFinal: false,
    restarts: 0,
    exitCode: null,
    reason: '',
  };
  /** Everything that was ever written, over all instances. */
  readonly written: string[] = [];

  constructor(server: ScriptedServer) {
    server.on('/api/v1/namespaces/a/pods/web/log', (r) => this.#serve(r));
  }

  get #now(): Instance {
    return this.#instances.at(-1)!;
  }

  get followers(): number {
    return [...this.#followers].filter((stream) => !stream.isClosed).length;
  }

  /** `stepMicros` after the line before; may be negative. */
  write(text: string, stepMicros = 1_000): void {
    this.#clock += stepMicros;
    const micros = Math.floor(this.#clock);
    const time = `${new Date(Math.floor(micros / 1e3)).toISOString().slice(0, 19)}.${String(micros % 1e6).padStart(6, '0')}000Z`;
    const line = { time, text };
    this.#now.lines.push(line);
    this.written.push(text);
    for (const stream of this.#followers) stream.write(`${time} ${text}\n`);
  }

  /** Sends bytes to followers that are no whole line. */
  writeRaw(text: string): void {
    for (const stream of this.#followers) stream.write(text);
  }

  /** A balancer or a network cuts all follows. */
  cut(isClean: boolean): void {
    for (const stream of this.#followers) {
      if (isClean) stream.end();
      else stream.cut();
    }
    this.#followers.clear();
  }

  /** The file was rotated: what is in it can no longer be read. */
  rotate(): void {
    this.#now.lines = [];
  }

  /** The container dies; `state` follows when the test says so. */
  restart(): void {
    this.#instances.push({ id: `c${this.#instances.length + 1}`, lines: [] });
    this.cut(true);
  }

  /** The pod's watch catches up. */
  tell(more: Partial<ContainerState> = {}): void {
    const restarts = this.#instances.length - 1;
    this.state = { ...this.state, containerId: this.#now.id, restarts, isRunning: true, ...more };
  }

  #serve(r: Scripted): void {
    const isPrevious = r.query.get('previous') === 'true';
    const instance = isPrevious ? this.#instances.at(-2) : this.#now;
    if (instance === undefined) return r.reply(400, 'previous terminated container "c" in pod "web" not found');
    const since = r.query.get('sinceTime');
    const from = since === null ? Number.NEGATIVE_INFINITY : Date.parse(since);
    let lines = instance.lines.filter((line) => Date.parse(line.time) >= from);
    const tail = r.query.get('tailLines');
    if (tail !== null) lines = lines.slice(Math.max(0, lines.length - Number(tail)));
    const stream = r.stream({ 'content-type': 'text/plain' });
    if (lines.length > 0) stream.write(lines.map((line) => `${line.time} ${line.text}\n`).join(''));
    if (
      r.query.get('follow') === 'true' &&
      !isPrevious &&
      (this.state.isRunning || this.#now.id !== this.state.containerId)
    ) {
      this.#followers.add(stream);
    } else stream.end();
  }
}
