import type { Store } from '../../store/open.ts'
import { gapFinder } from '../check/coverage.ts'
import type { Check } from '../check/definition.ts'
import type { CheckResult, Finding } from '../check/finding.ts'
import { runChecks } from '../check/run.ts'
import type { Diff } from '../diff/change.ts'
import { diffSnapshots } from '../diff/diff.ts'
import { fillFlows } from '../flows/fill.ts'
import { scopeTo } from '../sql/scope.ts'
import { checksAboutNodes } from './about-nodes.ts'
import { type ChangeSeries, objectSeries } from './changes-over-time.ts'
import { type FindingsOverTime, findingsOverTime } from './findings-over-time.ts'
import { type Quality, quality } from './quality.ts'
import { type RuleSeries, ruleSeries } from './rules-over-time.ts'
import { type PictureService, pictureServices } from './services.ts'
import { type ReportedSnapshot, snapshotBefore, snapshotsByTime } from './snapshots.ts'
import { type Standing, standings } from './standing.ts'

/** All that a report on one snapshot tells. */
export interface Report {
  readonly snapshot: ReportedSnapshot
  /** What it is compared with; null where there is nothing before it. */
  readonly before: ReportedSnapshot | null
  readonly snapshots: readonly ReportedSnapshot[]
  readonly quality: Quality
  readonly results: readonly CheckResult[]
  /** Codes of the checks whose findings name a node. */
  readonly aboutNodes: ReadonlySet<string>
  readonly standing: (finding: Finding) => Standing
  readonly diff: Diff | null
  readonly objects: readonly ChangeSeries[]
  readonly rules: readonly RuleSeries[]
  readonly found: FindingsOverTime
  readonly services: readonly PictureService[]
  /** Why not every Service or endpoint may be among them; [] where all are. */
  readonly gaps: { readonly services: readonly string[]; readonly endpoints: readonly string[] }
}

/** Reads a report on the snapshot named, on a connection that is not scoped yet. `since`: the name of the one to compare with. */
export function readReport(store: Store, name: string, since: string | undefined, checks: readonly Check[]): Report {
  const snapshots = snapshotsByTime(store)
  const named = (each: string) => snapshots.find((snapshot) => snapshot.name === each)!
  const snapshot = named(name)
  const before = (since === undefined ? snapshotBefore(snapshots, snapshot) : named(since)) ?? null
  const diff = before && diffSnapshots(store, before, snapshot)
  scopeTo(store, name)
  const results = runChecks(store, name, checks)
  fillFlows(store, [name])
  const gapsOf = gapFinder(store)
  const reasons = (subject: string) => gapsOf([subject]).map((gap) => `${gap.subject}: ${gap.reason}`)
  return {
    snapshot,
    before,
    snapshots,
    diff,
    results,
    quality: quality(store),
    aboutNodes: checksAboutNodes(store, checks),
    standing: standings(store, snapshots.slice(0, snapshots.indexOf(snapshot) + 1), results),
    objects: objectSeries(store, snapshots),
    rules: ruleSeries(store, snapshots),
    found: findingsOverTime(store, snapshots, snapshot, results),
    services: pictureServices(store),
    gaps: { services: reasons('services'), endpoints: reasons('endpoints') }
  }
}
