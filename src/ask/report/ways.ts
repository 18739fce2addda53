import type { Store } from '../../store/open.ts'
import type { Frontend } from '../flows/frontend.ts'
import { holdings } from '../flows/rows.ts'

/** One end that packets can have, as the table flows tells it. */
export interface WayEnd {
  readonly destination: string | null
  readonly share: number
  readonly verdict: 'accepted' | 'dropped' | 'rejected' | 'unknown'
  readonly masqueraded: boolean | null
  readonly condition: string
  readonly why: string
}

/** What becomes of packets to a frontend: the same for these senders on these nodes. */
export interface Way {
  readonly family: string
  readonly senders: readonly string[]
  readonly nodes: readonly string[]
  readonly ends: readonly WayEnd[]
}

export type FrontendWays = Frontend & { readonly ways: readonly Way[] }

type FlowRow = [
  frontend: number,
  computation: number,
  sender: string,
  ...end: [string | null, number, WayEnd['verdict'], number | null, string, string]
]

/** Every frontend with its ways. The store is scoped to one snapshot and the table flows is filled. */
export function frontendWays(store: Store): FrontendWays[] {
  const holdingOf = holdings(store, undefined)
  const frontends = new Map(
    (
      store
        .prepare(
          'SELECT id, namespace, service, port_name AS portName, protocol, kind, address, port FROM _flow_frontend'
        )
        .all() as (Frontend & { id: number })[]
    ).map(({ id, ...frontend }) => [id, { ...frontend, ways: [] as readonly Way[] }])
  )
  const rows = store
    .prepare(
      'SELECT frontend, computation, sender, destination, share, verdict, masqueraded, condition, why FROM _flow ORDER BY frontend'
    )
    .raw()
    .iterate() as Iterable<FlowRow>
  for (const [id, flows] of inRuns(rows))
    frontends.get(id)!.ways = waysOf(flows, (computation) => holdingOf(computation, id))
  return [...frontends.values()]
}

function* inRuns(rows: Iterable<FlowRow>): Generator<[number, FlowRow[]]> {
  let run: FlowRow[] = []
  for (const row of rows) {
    if (run.length > 0 && run[0]![0] !== row[0]) {
      yield [run[0]![0], run]
      run = []
    }
    run.push(row)
  }
  if (run.length > 0) yield [run[0]![0], run]
}

function waysOf(
  flows: readonly FlowRow[],
  holdingOf: (computation: number) => ReturnType<ReturnType<typeof holdings>>
): Way[] {
  const computed = grouped(flows, ([, computation, sender]) => `${computation} ${sender}`)
  const single = computed.flatMap((rows): Way[] => {
    const [, computation, sender] = rows[0]!
    const holding = holdingOf(computation)
    return holding
      ? [
          {
            family: holding.family,
            senders: [sender],
            nodes: holding.nodes.map(({ name }) => name),
            ends: rows.map(endOf)
          }
        ]
      : []
  })
  const overNodes = grouped(single, ({ family, senders, ends }) => JSON.stringify([family, senders, ends])).map(
    (ways) => ({ ...ways[0]!, nodes: ways.flatMap(({ nodes }) => nodes).sort() })
  )
  return grouped(overNodes, ({ family, nodes, ends }) => JSON.stringify([family, nodes, ends])).map((ways) => ({
    ...ways[0]!,
    senders: ways.flatMap(({ senders }) => senders)
  }))
}

function endOf([, , , destination, share, verdict, masqueraded, condition, why]: FlowRow): WayEnd {
  return {
    destination,
    share: Math.round(share * 1e4) / 1e4,
    verdict,
    masqueraded: masqueraded === null ? null : masqueraded === 1,
    condition,
    why
  }
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group) group.push(item)
    else groups.set(key, [item])
  }
  return [...groups.values()]
}
