import type { CollectedItem } from '../../src/collect/item.ts'

/** What one reader or another acts on: a terminal, a spreadsheet, XML, HTML, YAML, JSON, CSV, Markdown, Mermaid, GitHub, Prometheus. */
const READERS = [
  '\x1b]0;title\x07\x1b[2J\x9b31m',
  '\x00\x08\x7f\x85',
  '\r\nFORGED line',
  '\nERROR  FORGED',
  '\u202e\u2066\u200b\u2028\ufeff\u{e0041}',
  '\ufffe\uffff\ud800',
  '"\'`\\,;|',
  ']]>--></script><img src=x onerror=alert(1)>&amp;',
  '%0A::error::FORGED',
  '\t- [x](javascript:alert(1)) # : {a: *b} !!c'
]

/** One text with all of it. */
export const HOSTILE = READERS.join('')

/** The objects of each list once more, with every text in them made hostile, names included. */
export function withHostileTwins(items: readonly CollectedItem[]): CollectedItem[] {
  return items.map((item) => {
    const error = item.error ?? (item.kind === 'ip-route' ? HOSTILE : null)
    const text = item.content?.toString('utf8') ?? ''
    const lines = TEXTS[item.kind]
    if (lines !== undefined) return { ...item, error, content: Buffer.from(text + lines, 'utf8') }
    if (item.content === null || !text.startsWith('{')) return { ...item, error }
    const list = JSON.parse(text) as { items?: object[] }
    if (!Array.isArray(list.items)) return item
    const twins = list.items.slice(0, 3).map((object) => hostile(object, []))
    return { ...item, content: Buffer.from(JSON.stringify({ ...list, items: [...list.items, ...twins] })) }
  })
}

/** Words that decide what an object is; with anything else in them there would be no object to tell of. */
const KEPT = new Set([
  'apiVersion',
  'kind',
  'kubernetes.io/service-name',
  'namespace',
  'clusterIP',
  'ip',
  'podIP',
  'protocol',
  'hostIP',
  'clusterIPs',
  'externalIPs',
  'addresses',
  'address'
])

function hostile(value: unknown, path: readonly string[]): unknown {
  if (typeof value === 'string') return KEPT.has(path.at(-1)!) ? value : `${value}${HOSTILE}`
  if (Array.isArray(value)) return value.map((each) => hostile(each, path))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const same = [[key, hostile(each, [...path, key])]]
      return path.at(-1) === 'annotations' ? [...same, [`${ANNOTATION}${HOSTILE}`, HOSTILE]] : same
    })
  )
}

/** Others are not kept. */
const ANNOTATION = 'traefik.ingress.kubernetes.io/router.'

const ONE_LINE = HOSTILE.replaceAll('\n', ' ')
const QUOTED = ONE_LINE.replace(/["\\]/g, '\\$&')

/** More lines of what programs on a node print. */
const TEXTS: Readonly<Record<string, string>> = {
  'iptables-save': `*nat\n:KUBE-${ONE_LINE.replaceAll(/\s/g, '')} - [0:0]\n-A KUBE-${ONE_LINE.replaceAll(/\s/g, '')} -m comment --comment "${QUOTED}" -j RETURN\n-A ${ONE_LINE}\nCOMMIT\n`,
  'sockets-ss': `tcp LISTEN 0 128 0.0.0.0:8099 0.0.0.0:* users:(("${ONE_LINE}",pid=1,fd=3))\n${ONE_LINE}\n`,
  sysctls: `net.ipv4.${ONE_LINE} = ${ONE_LINE}\n`,
  versions: `kernel ${ONE_LINE}\n`
}
