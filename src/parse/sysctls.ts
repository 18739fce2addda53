import type { SysctlFact } from './facts.ts'
import type { Problem } from './iptables/rule.ts'
import { boundedLinesOf, problemAt } from './sockets/lines.ts'

const LINE = /^((?:ipv4|ipv6|bridge|netfilter)\/[^:]+):(.*)$/s
const OF_INTERFACE = /^(net\.ipv[46]\.conf)\.(.+)\.([^.]+)$/

/**
 * Reads what `grep -H ''` prints of files below /proc/sys/net: `ipv4/ip_forward:1`. A dot in an interface's name is written
 * as `/`, as sysctl does. Of an interface's settings only those that differ from `default` are rows: a node has a hundred pods' interfaces.
 */
export function readSysctls(text: string): { sysctls: SysctlFact[]; problems: Problem[] } {
  const values = new Map<string, string>()
  const problems: Problem[] = []
  for (const line of boundedLinesOf(text, problems)) {
    const [, path, value] = LINE.exec(line.text) ?? []
    if (path !== undefined && value !== undefined)
      values.set(
        `net.${path.replace(/[./]/g, (sign) => (sign === '/' ? '.' : '/'))}`,
        value.trim().replace(/\s+/g, ' ')
      )
    else if (line.text !== '') problems.push(problemAt(line, 'is no setting with its value'))
  }
  const sysctls = [...values].filter(([name, value]) => {
    const [, family, of, setting] = OF_INTERFACE.exec(name) ?? []
    return of === undefined || of === 'all' || of === 'default' || value !== values.get(`${family}.default.${setting}`)
  })
  return { sysctls: sysctls.map(([name, value]) => ({ name, value })), problems }
}
