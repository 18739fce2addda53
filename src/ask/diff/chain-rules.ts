import type { Store } from '../../store/open.ts'
import { prepared } from '../../store/prepared.ts'
import type { ChainState } from './changed-chains.ts'

/** A rule as the comparison needs it; null where the rule's format could not say. */
export interface StoredRule {
  readonly id: number
  readonly rank: number
  readonly text: string
  readonly protocol: string | null
  readonly destination: string | null
  readonly destinationPorts: string | null
  readonly target: string | null
  readonly toDestination: string | null
  readonly probability: number | null
}

const COLUMNS = `id, rank, text, protocol, destination, destination_ports AS destinationPorts, target,
  to_destination AS toDestination, probability`

/** The rules of a chain in one version, in stored order. */
export function rulesOf(store: Store, { id, version: { seq } }: Pick<ChainState, 'id' | 'version'>): StoredRule[] {
  return prepared(
    store,
    `SELECT ${COLUMNS} FROM _rule WHERE chain = @id AND until > @seq AND since <= @seq ORDER BY rank, text`
  ).all({ id, seq }) as StoredRule[]
}

/** The rules of a chain that stand in this version and not in another of the same collection. */
export function rulesOnlyIn(store: Store, { id, version: { seq } }: ChainState, other: ChainState): StoredRule[] {
  const away = other.version.seq > seq ? 'until <= @other' : 'since > @other'
  return prepared(
    store,
    `SELECT ${COLUMNS} FROM _rule WHERE chain = @id AND until > @seq AND since <= @seq AND ${away} ORDER BY rank, text`
  ).all({ id, seq, other: other.version.seq }) as StoredRule[]
}
