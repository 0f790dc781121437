// A problem as a row: the object it is about, what a rule found, and whether its time has come.
import type { ObjectRef } from '../../core/ids.ts';
import type { Finding, Problem, Severity } from '../../core/problem.ts';
import { cell as sanitise } from '../../core/sanitise.ts';
import type { Column, Health } from '../../core/row.ts';
import type { FindingTarget } from '../tables/feed.ts';
import { FeedPools, KinPool } from '../tables/intern.ts';
import { shapeOf } from '../tables/shape.ts';
import { notRaised, ownTime, type Source, StoredRow } from '../tables/stored-row.ts';

export const problemColumns: readonly Column[] = [
  { id: 'problem', title: 'PROBLEM', type: 'text', min: 9, ideal: 12, max: 16, priority: 0, cut: 'end' },
  { id: 'what', title: 'WHAT', type: 'name', min: 8, ideal: 12, max: 24, priority: 1, cut: 'middle' },
  { id: 'clusters', title: 'CLUSTERS', type: 'clusters', min: 8, ideal: 16, max: 30, priority: 2, cut: 'never' },
  { id: 'extent', title: 'EXTENT', type: 'text', min: 8, ideal: 11, max: 12, priority: 5, cut: 'never' },
  { id: 'since', title: 'SINCE', type: 'age', min: 3, ideal: 5, max: 5, priority: 4, cut: 'never' },
  {
    id: 'why',
    title: 'WHY',
    type: 'text',
    min: 14,
    ideal: 30,
    max: Number.POSITIVE_INFINITY,
    priority: 3,
    cut: 'end',
  },
  { id: 'owner', title: 'OWNER', type: 'text', min: 4, ideal: 5, max: 8, priority: 6, cut: 'never' },
];

/** The table of problems; its rows are folded, so a row's own cells are never shown. */
export const problemShape = shapeOf({ id: 'problems', title: 'Triage', columns: problemColumns });

const healthOfSeverity: Readonly<Record<Severity, Health>> = { fail: 'fail', warn: 'warn', info: 'info' };
const kin = new KinPool();
const pools = new FeedPools();

/** One problem of one object. `source.shape` is the problems' table, so that filters and folds see its cells. */
export class ProblemRow extends StoredRow {
  readonly finding: Finding;
  readonly target: FindingTarget;

  constructor(target: FindingTarget, finding: Finding) {
    const { source } = target;
    const own: Source = {
      face: source.face,
      type: source.type,
      kind: source.kind,
      ...(source.shortName === undefined ? {} : { shortName: source.shortName }),
      shape: problemShape,
      // Read through, so that an interrupted watch makes its problems stale as well.
      get isInterrupted() {
        return source.isInterrupted;
      },
    };
    super(
      own,
      kin.get(
        { namespace: target.namespace, app: target.app, owner: target.uid, image: '', labels: target.labels },
        pools,
      ),
      {
        uid: `${target.uid}/${finding.rule}/${finding.cause}`,
        name: target.name,
        node: '',
        status: finding.title,
        created: finding.since,
        restarts: 0,
        health: healthOfSeverity[finding.severity],
        raised: notRaised,
        facts: undefined,
        isListed: true,
      },
      0,
    );
    this.finding = finding;
    this.target = target;
    this.cells = [finding.title, target.name, null, finding.since, finding.message, ''];
  }
}

/** Findings come from objects: every text in them passes the sanitiser. */
export const cleanFinding = (finding: Finding): Finding => ({
  ...finding,
  title: sanitise(finding.title),
  message: sanitise(finding.message),
  cause: sanitise(finding.cause),
  evidence: finding.evidence.map(sanitise),
});

export const refOfTarget = (target: FindingTarget): ObjectRef => ({
  cluster: target.source.face.id,
  type: target.source.type,
  kind: target.source.kind,
  namespace: target.namespace,
  name: target.name,
  uid: target.uid,
});

/** As it crosses to the screen: times are ours. */
export const problemOf = (row: ProblemRow): Problem => ({
  ...row.finding,
  since: ownTime(row.source.face, row.finding.since),
  ref: refOfTarget(row.target),
  app: row.target.app,
});

/** Findings of equal rule, namespace, app and cause are one problem, in however many pods and clusters. */
export const foldKey = ({ finding, target }: ProblemRow): string =>
  `${finding.rule}|${target.namespace}|${target.app}|${finding.cause}`;
