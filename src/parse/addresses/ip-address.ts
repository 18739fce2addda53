import * as v from 'valibot'
import type { InterfaceAddressFact } from '../facts.ts'
import type { Problem } from '../iptables/rule.ts'
import { readEntries } from './ip-json.ts'

const Link = v.object({
  ifname: v.string(),
  addr_info: v.array(
    v.object({
      local: v.pipe(v.string(), v.ip()),
      prefixlen: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(128)),
      scope: v.string()
    })
  )
})

/** Reads `ip -json address`: one row an address; an interface without addresses has none. */
export function readIpAddress(text: string): { addresses: InterfaceAddressFact[]; problems: Problem[] } {
  const addresses: InterfaceAddressFact[] = []
  const problems = readEntries(text, 'ip -json address', Link, (link) => {
    for (const { local, prefixlen, scope } of link.addr_info) {
      addresses.push({ interface: link.ifname, address: local, prefixLength: prefixlen, scope })
    }
    return undefined
  })
  return { addresses, problems }
}
