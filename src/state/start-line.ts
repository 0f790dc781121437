// The palette line of the command line (`-c`). Most kinds are known only when clusters have told what they serve, so a
// line with a word that nobody knows yet waits for that: until it works, until every cluster has told its kinds or will
// not, or until the time is over. The screen is there meanwhile, and whoever has begun to use it is not taken away.
import type { ClusterSummary } from '../core/cluster.ts';
import { cell } from '../core/sanitise.ts';
import type { ResourceEntry } from '../protocol/messages.ts';
import { type App, say } from './app.ts';
import { type LineResult, sayResult } from './command-line.ts';

export type StartLine = {
  readonly line: string;
  /** Longest wait for the clusters to tell their kinds. */
  readonly waitMs: number;
  readonly run: (line: string) => LineResult;
};

/** Runs the line now, or as soon as it can be understood. Disposing forgets it. */
export function runStartLine(app: App, { line, waitMs, run }: StartLine): Disposable {
  const stack = new DisposableStack();
  const first = run(line);
  if (first.ok || first.unknown === null) {
    sayResult(app, first);
    return stack;
  }
  const message = {
    severity: 'info' as const,
    text: `${cell(first.unknown)}: asking the clusters for their kinds`,
    cluster: null,
    until: app.timers.now() + waitMs,
  };
  app.ui.setState({ message });
  const { lastKeyAt } = app.ui.getState();
  const isHandsOff = (): boolean => app.ui.getState().lastKeyAt === lastKeyAt;

  const end = (result: LineResult): void => {
    stack.dispose();
    if (app.ui.getState().message === message) app.ui.setState({ message: null });
    sayResult(app, result);
  };
  /** `isLast`: nobody will tell more kinds. */
  const attempt = (isLast: boolean): void => {
    if (stack.disposed) return;
    if (!isHandsOff()) {
      stack.dispose();
      return say(app, 'info', `${cell(line)} was not opened: you went on`);
    }
    const result = run(line);
    if (isLast || result.ok || result.unknown === null) end(result);
  };

  let askedAbout = '';
  const look = (): void => {
    const clusters = app.ui.getState().fleet?.clusters ?? [];
    const told = clusters.filter(tellsKinds).map((cluster) => cluster.id);
    const isLast = clusters.length > 0 && clusters.every(isThrough);
    const about = `${told.join(' ')} ${isLast}`;
    if (about === askedAbout || (told.length === 0 && !isLast)) return;
    askedAbout = about;
    void app.engine.ask({ ask: 'resources' }).then((answer) => {
      if (stack.disposed) return;
      if (answer.ok && Array.isArray(answer.value))
        app.ui.setState({ resources: answer.value as readonly ResourceEntry[] });
      attempt(isLast && about === askedAbout);
    });
  };
  stack.defer(app.ui.subscribe(look));
  stack.use(app.timers.after(waitMs, () => attempt(true)));
  look();
  return stack;
}

/** Watches are planned from what a cluster serves: as long as none is wanted it has not told. */
const tellsKinds = ({ watches }: ClusterSummary): boolean => watches.wanted > 0;

/** It has told its kinds, or nobody can say when it will. */
const isThrough = (cluster: ClusterSummary): boolean =>
  tellsKinds(cluster) || (cluster.state.phase !== 'connecting' && cluster.state.phase !== 'live');
