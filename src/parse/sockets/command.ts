import type { Protocol } from '../facts.ts'

const LONG: ReadonlyMap<string, string> = new Map(
  Object.entries<string>({ tcp: 't', udp: 'u', sctp: 'S', ipv4: '4', ipv6: '6' })
)

/**
 * The protocols an `ss` or `netstat` command lists in full, for both address families.
 * `netstat` and `ss` without -t, -u or -S list every kind. A filter expression, or one family alone
 * (-4, -6, --inet), leaves none listed in full, and neither command shows listeners without -l or -a.
 *
 * The program may stand anywhere in argv, so that `kubectl exec … -- netstat -tulpen` reads the same.
 */
export function protocolsListed(argv: readonly string[]): Protocol[] {
  const at = argv.findIndex((word) => /^(.*\/)?(ss|netstat)$/.test(word))
  if (at === -1) return []
  const words = argv.slice(at + 1)
  const letters = words
    .map((word) => (word.startsWith('--') ? (LONG.get(word.slice(2)) ?? longLetter(word)) : word.slice(1)))
    .join('')
  if (words.some((word) => !word.startsWith('-')) || /[46F]/.test(letters) || !/[la]/.test(letters)) return []
  const netstat = argv[at]!.endsWith('netstat')
  const asked = (
    [
      ['t', 'TCP'],
      ['u', 'UDP'],
      ['S', 'SCTP']
    ] as const
  )
    .filter(([letter]) => letters.includes(letter))
    .map(([, protocol]) => protocol)
  if (asked.length > 0 || /[wxd0]/.test(letters)) return asked
  return netstat ? ['TCP', 'UDP'] : ['TCP', 'UDP', 'SCTP']
}

function longLetter(word: string): string {
  if (word === '--listening') return 'l'
  if (word === '--all') return 'a'
  return word.startsWith('--inet') || word.startsWith('--family') ? '4' : ''
}
