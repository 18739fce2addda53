import type { Family, Hook, UnreadHook } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'

interface ChainRow {
  readonly family: string
  readonly table: string
  readonly chain: string | null
  readonly hook: string | null
  readonly priority: number | null
  readonly policy: string | null
}

/**
 * Where packets of the family meet nft rules on the node. `undefined`: the snapshot does not say which tables there are.
 */
export function unreadHooks(store: Store, node: string, family: Family): readonly UnreadHook[] | undefined {
  const told = store
    .prepare("SELECT 1 FROM coverage WHERE subject IN ('nft-ruleset', 'nft-list') AND node = ? AND status <> 'failed'")
    .get(node)
  if (told === undefined) return undefined
  const rows = store
    .prepare(
      'SELECT family, table_name AS "table", chain, hook, priority, policy FROM nft_chains WHERE node = ? AND acts ORDER BY family, table_name, chain'
    )
    .all(node) as ChainRow[]
  return rows.filter((row) => meets(row, family)).map(unreadHook)
}

function meets({ family }: ChainRow, of: Family): boolean {
  return family !== (of === 6 ? 'ip' : 'ip6')
}

function unreadHook({ family, table, chain, hook, priority, policy }: ChainRow): UnreadHook {
  const name = `nft table ${family} ${table}`
  if (hook === null) return { name }
  const at = hookOf(family, hook)
  return {
    name: `${name}, chain ${chain} (hook ${hook}, policy ${policy})`,
    ...(at && { hook: at }),
    ...(priority !== null && { priority })
  }
}

/** Where it stands among the hooks of iptables; undefined where it may be anywhere. Before PREROUTING is ingress, after POSTROUTING egress. */
function hookOf(family: string, hook: string): Hook | undefined {
  if (hook === 'ingress') return 'PREROUTING'
  if (hook === 'egress') return 'POSTROUTING'
  // A frame of a bridge passes its hooks before those of IP, or behind them.
  return /^(?:ip|ip6|inet)$/.test(family) ? (hook.toUpperCase() as Hook) : undefined
}
