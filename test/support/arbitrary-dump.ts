import fc from 'fast-check'
import { dumpText } from '../../scripts/bench/dump.ts'
import type { Service } from '../../scripts/bench/services.ts'

/** Rules that are not kube-proxy's, many of them hard to keep: quotes, several lines, control characters, unknown modules. */
const ODD_RULES = [
  '-A INPUT -i eth0 -p tcp -m tcp --dport 22 -j ACCEPT',
  '-A INPUT ! -i cni0 -p udp -m udp --sport 53 --dport 1024:65535 -j DROP',
  '-A INPUT -m comment --comment "two\nlines -A INPUT -j DROP" -j ACCEPT',
  '-A INPUT -m comment --comment "quoted \\"twice\\" \\\\" -j ACCEPT',
  '-A INPUT -m comment --comment "-s 10.0.0.1 --dport 80" -s 10.0.0.2/32',
  '-A INPUT -m comment --comment bare -j RETURN',
  '-A INPUT -m comment --comment "\u0001 \u0002" -s 10.0.0.3/32 -j ACCEPT',
  '-A INPUT -m comment --comment "straße" -j ACCEPT',
  '-A INPUT -m xyz --unheard 5 -s 10.0.0.4/32 -j ACCEPT',
  '-A INPUT -p tcp -m multiport --dports 80,443 -j NFLOG --nflog-prefix "x y" --nflog-group 1',
  '-A INPUT -p tcp -m statistic --mode nth --every 5 -j ACCEPT ',
  '-A INPUT -p tcp -m tcp --dport 80 -c 5 300 -j ACCEPT',
  '-A INPUT -s 10.0.0.5/32 -d 10.0.0.6/32 -i a -o b -p tcp -m tcp --dport 1 -m comment --comment "more than four" -j ACCEPT',
  '-A INPUT -g KUBE-MARK-MASQ',
  '-A INPUT',
  '-A NOWHERE -j ACCEPT',
  '-A KUBE-SVC-AAAAAAAAAAAAAAAA -s 10.0.0.1/32 -m comment --comment "10.0.0.1/32 in words" -j KUBE-SEP-BBBBBBBBBBBBBBBB',
  '-A KUBE-SEP-BBBBBBBBBBBBBBBB -i a/b -m comment --comment "a/b c" -j ACCEPT',
  'not a line of iptables'
]

const service = fc
  .record({
    number: fc.integer({ min: 0, max: 6 }),
    endpoints: fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 5 })
  })
  .map(
    ({ number, endpoints }): Service => ({
      name: `ns/service-${number}:http`,
      clusterIp: `10.32.0.${number}`,
      endpoints
    })
  )

/** One node's dump of a small cluster, whole or cut off, in any order of its dispatch rules. */
export const arbitraryDump = fc
  .record({
    services: fc.uniqueArray(service, { maxLength: 6, selector: ({ name }) => name }),
    node: fc.integer({ min: 0, max: 2 }),
    counters: fc.constantFrom('none' as const, 'zero' as const, 'all' as const),
    seed: fc.integer({ min: 0, max: 3 }),
    odd: fc.subarray(ODD_RULES, { maxLength: 2 }),
    cut: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { freq: 6 })
  })
  .map(({ services, odd, cut, ...options }) => {
    const whole = dumpText(services, { ...options, shuffle: true })
    const counted = odd.map((rule) =>
      options.counters === 'none' || !rule.startsWith('-A') ? rule : `[7:18446744073709551615] ${rule}`
    )
    const text = whole.replace('COMMIT\n', [...counted, 'COMMIT\n'].join('\n'))
    return cut === null ? text : text.slice(0, Math.floor(text.length * cut))
  })
