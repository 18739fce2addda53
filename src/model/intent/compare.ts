import type { Intended } from './intent.ts'

/** One way a packet to a frontend goes, as the node's rules have it (the columns of the table flows). */
export interface Observed {
  readonly destination: string | null
  /** Part of new clients' packets, while the condition holds. */
  readonly share: number
  readonly verdict: 'accepted' | 'dropped' | 'rejected' | 'unknown'
  /** Null where it cannot be told, or does not matter: the packet stays on the node. */
  readonly masqueraded: boolean | null
  /** Questions the snapshot does not answer, joined by ` and `, `not: ` before one that does not hold; '' for none. */
  readonly condition: string
  readonly why: string
}

/**
 * `lost`: packets that should reach an endpoint reach none. `extra`, `missing`: endpoints that are offered and should not be, and
 * the other way round. `share`: unevenly. `open`: sent on although they should be refused. `refusal`: refused in another way, or not
 * at all. `masquerade`, `needless`: not masqueraded and should be, and the other way round.
 */
export type DeviationKind = 'lost' | 'extra' | 'missing' | 'share' | 'open' | 'refusal' | 'masquerade' | 'needless'

export interface Deviation {
  readonly kind: DeviationKind
  /** Destinations concerned; for `lost` and `refusal` what settles it. */
  readonly what: readonly string[]
  /** Part of the packets; null where it is no matter of parts. */
  readonly share: number | null
  /** It is so only under this condition, which the snapshot does not tell; '' where it is so in any case. */
  readonly condition: string
}

/** A share off by more than this part of itself is uneven; kube-proxy rounded to five digits up to 1.15, which adds up over a thousand endpoints. */
const TOLERANCE = 0.02

/**
 * How what the rules do differs from what they should. `frontend`: the address and port asked for. Several intents are what kube-proxy may
 * mean, as far as its version and settings are known: one that is met is enough. An intent that is unknown is met by anything.
 */
export function deviations(
  observed: readonly Observed[],
  intents: readonly Intended[],
  frontend: string
): readonly Deviation[] {
  if (intents.some(({ verdict }) => verdict === 'unknown')) return []
  const worlds = worldsOf(observed)
  const wrong = worlds.map(({ condition, rows }) => ({
    condition,
    found: fewest(intents.map((intent) => against(rows, intent, frontend)))
  }))
  const worst = wrong.filter(({ found }) => found.length > 0)
  if (worst.length === 0) return []
  if (worst.length === wrong.length) return under(fewest(worst.map(({ found }) => found)), supposedThroughout(observed))
  return worst.flatMap(({ condition, found }) => (isKubeProxysOwn(condition) ? [] : under(found, condition)))
}

function under(found: readonly Deviation[], condition: string): Deviation[] {
  return found.map((each) => ({ ...each, condition }))
}

/** What every way supposes: it was taken for granted, and is no question between them. */
function supposedThroughout(observed: readonly Observed[]): string {
  const [first = [], ...others] = observed.map(({ condition }) => answers(condition))
  return first.filter((answer) => others.every((list) => list.includes(answer))).join(' and ')
}

/** kube-proxy up to 1.20 asks whether the packet came through a bridge, and leaves those alone that did. */
function isKubeProxysOwn(condition: string): boolean {
  return condition.includes('--physdev-is-in')
}

interface World {
  readonly condition: string
  readonly rows: readonly Observed[]
}

/** The rows that hold together, for each way in which the open questions can be answered. Of many questions only some answers are looked at. */
function worldsOf(observed: readonly Observed[]): World[] {
  const conditions = [...new Set(observed.map(({ condition }) => condition))]
  if (conditions.length === 1) return [{ condition: conditions[0]!, rows: observed }]
  const questions = [...new Set(conditions.flatMap(answers).map((answer) => answer.replace(/^not: /, '')))].slice(0, 5)
  return Array.from({ length: 2 ** questions.length }, (_, bits) =>
    questions.map((question, at) => ((bits >> at) & 1 ? question : `not: ${question}`))
  )
    .map((answered) => ({
      condition: answered.join(' and '),
      rows: observed.filter(({ condition }) => answers(condition).every((answer) => answered.includes(answer)))
    }))
    .filter(({ rows }) => rows.length > 0)
}

function answers(condition: string): string[] {
  return condition === '' ? [] : condition.split(' and ')
}

function fewest(all: readonly (readonly Deviation[])[]): readonly Deviation[] {
  return all.reduce((best, each) => (each.length < best.length ? each : best))
}

function against(rows: readonly Observed[], intent: Intended, frontend: string): Deviation[] {
  if (rows.some(({ verdict }) => verdict === 'unknown')) return []
  return intent.verdict === 'accepted' ? againstOffer(rows, intent, frontend) : againstRefusal(rows, intent, frontend)
}

function againstOffer(
  rows: readonly Observed[],
  { destinations, masqueraded }: Intended,
  frontend: string
): Deviation[] {
  const wanted = new Set(destinations)
  const reached = rows.filter(
    ({ verdict, destination }) => verdict === 'accepted' && (destination !== frontend || wanted.has(frontend))
  )
  const lost = rows.filter((row) => !reached.includes(row))
  const found: Deviation[] = []
  if (lost.length > 0) found.push(deviation('lost', lost.map(ended), lost))
  const extra = reached.filter(({ destination }) => !wanted.has(destination ?? ''))
  if (extra.length > 0)
    found.push(
      deviation(
        'extra',
        extra.map(({ destination }) => destination ?? '?'),
        extra
      )
    )
  const offered = new Set(rows.map(({ destination }) => destination))
  const missing = destinations.filter((destination) => !offered.has(destination))
  if (missing.length > 0 && reached.length > 0)
    found.push({ kind: 'missing', what: missing, share: null, condition: '' })
  if (found.length === 0) found.push(...uneven(rows, destinations))
  return [
    ...found,
    ...masquerading(
      reached.filter((row) => !extra.includes(row)),
      masqueraded
    )
  ]
}

/** What became of a packet that reached no endpoint. */
function ended({ verdict, why }: Observed): string {
  return verdict === 'accepted' ? 'no rule sends it to an endpoint' : `${verdict} by ${why}`
}

function uneven(rows: readonly Observed[], destinations: readonly string[]): Deviation[] {
  const shares = new Map<string, number>()
  for (const { destination, share } of rows) shares.set(destination!, (shares.get(destination!) ?? 0) + share)
  const fair = 1 / destinations.length
  const off = [...shares].filter(([, share]) => Math.abs(share - fair) > fair * TOLERANCE).sort(([, a], [, b]) => b - a)
  if (off.length === 0) return []
  return [{ kind: 'share', what: off.map(([destination]) => destination), share: off[0]![1], condition: '' }]
}

function masquerading(reached: readonly Observed[], masqueraded: boolean | 'unknown'): Deviation[] {
  if (masqueraded === 'unknown') return []
  const wrong = reached.filter((row) => row.masqueraded === !masqueraded)
  return wrong.length === 0
    ? []
    : [
        deviation(
          masqueraded ? 'masquerade' : 'needless',
          wrong.map(({ destination }) => destination ?? '?'),
          wrong
        )
      ]
}

function againstRefusal(rows: readonly Observed[], { verdict, mayPass }: Intended, frontend: string): Deviation[] {
  const open = rows.filter((row) => row.verdict === 'accepted' && row.destination !== frontend)
  if (open.length > 0)
    return [
      deviation(
        'open',
        open.map(({ destination }) => destination ?? '?'),
        open
      )
    ]
  const other = rows.filter((row) => row.verdict !== verdict && !(mayPass && row.verdict === 'accepted'))
  return other.length === 0
    ? []
    : [
        deviation(
          'refusal',
          other.map((row) => (row.verdict === 'accepted' ? 'no rule refuses it' : `${row.verdict} by ${row.why}`)),
          other
        )
      ]
}

function deviation(kind: DeviationKind, what: readonly string[], rows: readonly Observed[]): Deviation {
  return { kind, what: [...new Set(what)], share: rows.reduce((sum, { share }) => sum + share, 0), condition: '' }
}
