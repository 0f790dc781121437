// Questions that panes and sheets ask by themselves: the problems behind a folded row, what a pod is made of, what the
// palette can open. Asked when they come into sight, again while they stay there.
import type { Row } from '../core/row.ts';
import { everything } from '../core/query.ts';
import type { ClusterRights, ProblemDetail, ResourceEntry } from '../protocol/messages.ts';
import { type App, clusterById, layoutOf } from './app.ts';
import { askedOf } from './asked-views.ts';
import { boxesOf } from './layout.ts';
import { topView, type UiState } from './ui.ts';
import { rightsKey, without } from './data.ts';
import type { ViewState } from './view.ts';

const againMs = 3000;
/** The engine keeps what servers said for five minutes. */
const rightsFreshMs = 60_000;
const resourcesFreshMs = 2_000;
const mostProblems = 20;

/** Watches what is in sight and asks for it. */
export function askForWhatIsSeen(app: App): Disposable {
  const stack = new DisposableStack();
  const problems = problemAsker(app);
  const rights = rightsAsker(app);
  const views = viewAsker(app);
  const palette = paletteAsker(app);
  stack.use(palette);
  stack.use(views);
  const look = (): void => {
    problems();
    rights();
    views.look();
    palette.look();
  };
  stack.defer(app.ui.subscribe(look));
  stack.defer(app.data.subscribe(problems));
  look();
  return stack;
}

/** The row of a table whose detail is in sight: of a pane that covers the deck, else of its main pane. */
const selectedIn = ({ seen, link }: UiState, table: string): Row | undefined =>
  [seen, link].find((target) => target?.table === table)?.row;

/** The selected problem unfolded; again when its row says something else. */
function problemAsker(app: App): () => void {
  const asked = new Map<string, Row>();
  return () => {
    const row = selectedIn(app.ui.getState(), 'problems');
    if (row === undefined || asked.get(row.key) === row) return;
    asked.set(row.key, row);
    const { key } = row;
    void app.engine.ask({ ask: 'problem', key }).then((answer) => {
      if (!answer.ok) return;
      const detail = readProblem(answer.value);
      if (detail === null) return;
      app.data.setState((data) => {
        const kept = Object.entries(data.problems)
          .filter(([other]) => other !== key)
          .slice(-mostProblems);
        return { problems: { ...Object.fromEntries(kept), [key]: detail } };
      });
    });
    for (const old of [...asked.keys()].slice(0, -mostProblems)) asked.delete(old);
  };
}

/** The engine's answers are typed by the protocol; this only makes sure that it is one. */
const readProblem = (value: unknown): ProblemDetail | null =>
  typeof value === 'object' && value !== null && 'problems' in value ? (value as ProblemDetail) : null;

/** What may be done in the cluster whose detail is in sight, while it is live. */
function rightsAsker(app: App): () => void {
  const asked = new Map<string, number>();
  return () => {
    const ui = app.ui.getState();
    const id = selectedIn(ui, 'clusters')?.clusters[0];
    const cluster = id === undefined ? undefined : clusterById(ui, id);
    if (cluster === undefined || cluster.state.phase !== 'live' || cluster.watches.wanted === 0) return;
    const key = rightsKey(cluster);
    const now = app.timers.now();
    if (now - (asked.get(key) ?? Number.NEGATIVE_INFINITY) < rightsFreshMs) return;
    asked.set(key, now);
    void app.engine.ask({ ask: 'rights', cluster: cluster.id }).then((answer) => {
      const rights = answer.ok ? readRights(answer.value) : null;
      if (rights !== null) app.data.setState((data) => ({ rights: { ...data.rights, [key]: rights } }));
    });
  };
}

const readRights = (value: unknown): ClusterRights | null =>
  typeof value === 'object' && value !== null && 'rights' in value ? (value as ClusterRights) : null;

/** Asks what the view in sight is made of, and again while it is there. */
function viewAsker(app: App): Disposable & { look: () => void } {
  let shown: ViewState | null = null;
  let timer: Disposable | null = null;
  const ask = (view: ViewState): void => {
    const asked = askedOf(view);
    if (asked === null) return;
    void app.engine.ask(asked.question).then((answer) => {
      if (shown?.id !== view.id) return;
      if (answer.ok && Array.isArray(answer.value)) {
        const list: readonly unknown[] = answer.value;
        app.data.setState((data) => ({ ...asked.take(data, list), refusals: without(data.refusals, view.id) }));
      } else if (!answer.ok)
        app.data.setState((data) => ({ refusals: { ...data.refusals, [view.id]: answer.message } }));
      timer = app.timers.after(againMs, () => shown !== null && ask(shown));
    });
  };
  const look = (): void => {
    const ui = app.ui.getState();
    const seen = boxesOf(layoutOf(ui, app.data.getState()))
      .map((box) => topView(ui, box.slot))
      .find((view) => askedOf(view) !== null);
    if (seen?.id === shown?.id) return;
    timer?.[Symbol.dispose]();
    timer = null;
    shown = seen ?? null;
    if (seen !== undefined) ask(seen);
  };
  return { look, [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
}

/** Kinds and namespaces for the palette: once at the start, and fresh when it opens. */
function paletteAsker(app: App): Disposable & { look: () => void } {
  let askedAt = Number.NEGATIVE_INFINITY;
  let namespaces: Disposable | null = null;
  const look = (): void => {
    const { sheet, input, fleet } = app.ui.getState();
    const isOpen = sheet?.type === 'palette' || input?.for === 'scope';
    if (!isOpen) {
      namespaces?.[Symbol.dispose]();
      namespaces = null;
    }
    if (fleet === null || (askedAt > 0 && !isOpen)) return;
    if (isOpen) namespaces ??= watchNamespaces(app);
    if (app.timers.now() - askedAt < resourcesFreshMs) return;
    askedAt = app.timers.now();
    void app.engine.ask({ ask: 'resources' }).then((answer) => {
      if (answer.ok && Array.isArray(answer.value))
        app.ui.setState({ resources: answer.value as readonly ResourceEntry[] });
    });
  };
  return { look, [Symbol.dispose]: () => namespaces?.[Symbol.dispose]() };
}

const watchNamespaces = (app: App): Disposable =>
  app.engine.query(
    {
      table: 'namespaces',
      scope: everything,
      filter: '',
      group: 'none',
      toggled: [],
      onlyWrong: false,
      offset: 0,
      limit: 500,
    },
    (window) => {
      const names = [...new Set(window.rows.map((row) => row.name))].sort();
      if (names.length > 0) app.ui.setState({ namespaces: names });
    },
  );
