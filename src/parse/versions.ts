import type { VersionFact } from './facts.ts'
import type { Problem } from './iptables/rule.ts'
import { boundedLinesOf, problemAt } from './sockets/lines.ts'

/**
 * Reads what scripts/collect-node.sh says of programs, the kernel and kube-proxy's mode: `iptables: iptables v1.8.9 (nf_tables)`. Indented
 * lines say what a program was built with (`nft -V`), which is no version.
 */
export function readVersions(text: string): { versions: VersionFact[]; problems: Problem[] } {
  const versions: VersionFact[] = []
  const problems: Problem[] = []
  for (const line of boundedLinesOf(text, problems)) {
    const [, name, version = ''] = /^([a-z][a-z0-9 -]*): (.*)$/s.exec(line.text) ?? []
    if (name !== undefined) versions.push({ name, version: version.trim() })
    else if (/^\S/.test(line.text)) problems.push(problemAt(line, 'is no version of anything'))
  }
  return { versions, problems }
}
