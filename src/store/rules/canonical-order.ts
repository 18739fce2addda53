/** The rules of a chain as they are stored: by rank, then by text. */
export interface StoredOrder {
  readonly rules: readonly string[]
  /** Parallel to `rules`. */
  readonly ranks: readonly number[]
  /** For each stored rule its place in the dump, from 0; null where that is the stored order itself. */
  readonly positions: Uint32Array | null
}

/** kube-proxy's dispatch chains, which it writes in Go's random map order at every sync. */
const DISPATCH_KINDS = new Set(['services', 'external-services', 'node-ports', 'proxy-firewall'])

export function isDispatchKind(kind: string): boolean {
  return DISPATCH_KINDS.has(kind)
}

/** Ranks of one run of rules are apart from those of the next by this much. */
const RUN = 2 ** 20

/**
 * Puts rules that commute into one order for all dumps, one that does not change when a rule comes or goes.
 * Two neighbours commute when no packet can match both: exact destination, protocol and destination port, of which
 * one differs. In a run of such rules the rank counts the rules of equal key only; every other rule stays where it
 * is, between the runs.
 */
export function canonicalOrder(rules: readonly string[]): StoredOrder {
  const ranked = rankRuns(rules)
  ranked.sort((a, b) => a.rank - b.rank || (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0))
  const moved = ranked.some((entry, index) => entry.position !== index)
  return {
    rules: ranked.map((entry) => entry.rule),
    ranks: ranked.map((entry) => entry.rank),
    positions: moved ? Uint32Array.from(ranked, (entry) => entry.position) : null
  }
}

function rankRuns(rules: readonly string[]): { rule: string; position: number; rank: number }[] {
  let run = 0
  let runKind = ''
  const seen = new Map<string, number>()
  return rules.map((rule, position) => {
    const key = exactKey(rule)
    const kind = key.slice(0, 1)
    if (kind === '' || kind !== runKind) {
      run++
      runKind = kind
      seen.clear()
    }
    const earlier = seen.get(key) ?? 0
    seen.set(key, earlier + 1)
    return { rule, position, rank: run * RUN + earlier }
  })
}

const EXACT =
  /^(?:! -s \S+ |-s \S+ )?(?:-d (\S+)\/(?:32|128) )?-p (tcp|udp|sctp) (?:-m comment --comment (?:[\w-]+|"(?:[^"\\]|\\.)*") )?-m \2 --dport (\d+)(?: |$)/

/** `a` with, `p` without an exact destination: rules of the two kinds may overlap and are never in one run. '' for all others. */
function exactKey(text: string): string {
  const match = EXACT.exec(text)
  if (!match) return ''
  const [, destination, protocol, port] = match
  return destination ? `a ${protocol} ${port} ${destination}` : `p ${protocol} ${port}`
}
