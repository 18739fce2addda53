import type { IpSet } from '../../model/packet/packet.ts'
import type { Store } from '../../store/open.ts'

/** A node's sets by their name. Undefined where the snapshot has not all of the node's sets: what is missing may be in them. */
export function nodeIpsets(store: Store, node: string): ((name: string) => IpSet | undefined) | undefined {
  const whole = store
    .prepare("SELECT 1 FROM coverage WHERE subject = 'ipsets' AND node = ? AND status = 'complete'")
    .get(node)
  return whole === undefined
    ? undefined
    : (name) => {
        const set = store.prepare('SELECT type, options FROM ipsets WHERE node = ? AND ipset = ?').get(node, name) as
          | { type: string; options: string }
          | undefined
        const members = store.prepare(
          "SELECT member || iif(nomatch, ' nomatch', '') || iif(wildcard, ' wildcard', '') FROM ipset_members WHERE node = ? AND ipset = ?"
        )
        return set && { ...set, members: members.pluck().all(node, name) as string[] }
      }
}
