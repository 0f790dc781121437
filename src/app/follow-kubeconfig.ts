// Keeps a running engine equal to the kubeconfig files: what changes in them changes the fleet, and what is wrong with
// them is said once, with file and line, while the last good state stays in force.
import type { EngineCore } from '../engine/core.ts';
import type { KubeContext } from '../kube/kubeconfig/context.ts';
import type { LoadedKubeconfig } from '../kube/kubeconfig/kubeconfig.ts';
import { type KubeconfigWatch, kubeconfigWatchTimes, watchKubeconfig } from '../kube/kubeconfig/watch.ts';
import { systemClock } from '../platform/clock.ts';
import { kubeconfigLine, type Sources } from './sources.ts';

/** Where changes go to. */
export type Followed = Pick<EngineCore, 'update' | 'tell'>;

/** `contextsOf`: those of a kubeconfig that the engine is about. Disposing ends the watch; nothing is told after that. */
export function followKubeconfig(
  core: Followed,
  { kubeconfig, kubeconfigFrom }: Pick<Sources, 'kubeconfig' | 'kubeconfigFrom'>,
  contextsOf: (loaded: LoadedKubeconfig) => readonly KubeContext[] = (loaded) => loaded.contexts,
  times = kubeconfigWatchTimes,
): Disposable {
  const { memory, ...options } = kubeconfigFrom;
  // A message is one line of the screen: the home folder need not be spelt out in it.
  const short = (line: string): string =>
    options.home !== null && line.startsWith(`${options.home}/`) ? `~${line.slice(options.home.length)}` : line;
  let told = linesOf(kubeconfig);
  let watch: KubeconfigWatch | null = null;
  let isOver = false;
  const say = (severity: 'info' | 'warn', text: string): void =>
    core.tell({ type: 'message', severity, text, cluster: null });
  const changed = (loaded: LoadedKubeconfig): void => {
    const lines = linesOf(loaded);
    const news = lines.filter((line) => !told.includes(line));
    // The screen shows the last message: what is wrong comes after what changed.
    if (told.length > 0 && lines.length === 0) say('info', 'the kubeconfig is read whole again');
    told = lines;
    // What cannot be read at all says nothing about clusters.
    if (loaded.failure === null) core.update(contextsOf(loaded), loaded.currentContext);
    for (const line of news) say('warn', short(line));
  };
  void watchKubeconfig(options, systemClock, changed, { times, read: { loaded: kubeconfig, memory } }).then(
    (started) => {
      if (isOver) started[Symbol.dispose]();
      else watch = started;
    },
  );
  return {
    [Symbol.dispose]() {
      isOver = true;
      watch?.[Symbol.dispose]();
    },
  };
}

const linesOf = ({ problems, failure }: LoadedKubeconfig): readonly string[] => [
  ...new Set(
    [...problems, ...(failure === null ? [] : [failure])].filter((p) => p.severity !== 'info').map(kubeconfigLine),
  ),
];
