import type { IpsetFact, IpsetMemberFact } from './facts.ts'
import type { Problem } from './iptables/rule.ts'
import { boundedLinesOf, problemAt } from './sockets/lines.ts'

/** Options of `create` that are of no set's meaning: the size of its table, which grows, and the seed of its hashes. */
const OF_THE_TABLE = / (?:hashsize|initval|bucketsize) \S+/g

/**
 * Reads `ipset save`: `create NAME TYPE OPTIONS…` and `add NAME MEMBER OPTIONS…`. Of a member's options only those stay that decide
 * what it matches, and its comment: the seconds it has left and its counters change always.
 */
export function readIpsetSave(text: string): { ipsets: IpsetFact[]; members: IpsetMemberFact[]; problems: Problem[] } {
  const ipsets = new Map<string, IpsetFact>()
  const members: IpsetMemberFact[] = []
  const problems: Problem[] = []
  for (const line of boundedLinesOf(text, problems)) {
    const [, word, ipset = '', said = '', options = ''] = /^(create|add) (\S+) (\S+)(.*)$/s.exec(line.text) ?? []
    if (word === 'create') ipsets.set(ipset, { ipset, type: said, options: options.replace(OF_THE_TABLE, '').trim() })
    else if (word === 'add' && ipsets.has(ipset)) members.push({ ipset, member: said, ...memberOptions(options) })
    else if (line.text.trim() !== '')
      problems.push(
        problemAt(
          line,
          word === undefined
            ? 'is no set and no member as ipset saves them'
            : 'is a member of a set that was not created before it'
        )
      )
  }
  return { ipsets: [...ipsets.values()], members, problems }
}

function memberOptions(text: string): Pick<IpsetMemberFact, 'nomatch' | 'wildcard' | 'comment'> {
  const comment = / comment "([^"]*)"/.exec(text)
  const words = text.replace(comment?.[0] ?? '', '').split(' ')
  return { nomatch: words.includes('nomatch'), wildcard: words.includes('wildcard'), comment: comment?.[1] ?? '' }
}
