/** One rule of a dump altered at random, as a hand, a tool or a defect might. */
export interface Mutation {
  /** `delete nat KUBE-SVC-…: -m statistic …` */
  readonly name: string
  readonly text: string
}

interface Place {
  readonly index: number
  readonly table: string
  readonly chain: string
  readonly rule: string
}

type Change = (lines: string[], place: Place, random: () => number, all: readonly Place[]) => void

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)]!

/** Rewrites the rule; what does not occur in it leaves it as it is. */
function rewrite(change: (rule: string, random: () => number, all: readonly Place[]) => string): Change {
  return (lines, { index }, random, all) => void (lines[index] = change(lines[index]!, random, all))
}

function insert(rule: (place: Place, random: () => number) => string): Change {
  return (lines, place, random) => void lines.splice(place.index, 0, rule(place, random))
}

const CHANGES: { readonly [name: string]: Change } = {
  delete: (lines, { index }) => void lines.splice(index, 1),
  'write twice': (lines, { index }) => void lines.splice(index, 0, lines[index]!),
  'swap with the next': (lines, { index, chain }) => {
    if (lines[index + 1]?.includes(`-A ${chain} `))
      [lines[index], lines[index + 1]] = [lines[index + 1]!, lines[index]!]
  },
  'move to the frontend of its chain': (lines, { index, chain }) => {
    const first = lines.findIndex(
      (line, at) => line.includes(`-A ${chain} `) && index - at < 10_000 && sameTable(lines, at, index)
    )
    lines.splice(first, 0, ...lines.splice(index, 1))
  },
  'end the chain before': insert(({ chain }, random) => `-A ${chain} -j ${pick(['RETURN', 'ACCEPT'], random)}`),
  'drop before': insert(({ chain, table }) => (table === 'nat' ? `-A ${chain} -j RETURN` : `-A ${chain} -j DROP`)),
  'another address': rewrite((rule) =>
    rule.replace(/(-[sd] |--to-destination \[?)(\d+\.\d+\.\d+\.|[0-9a-f:]+:)([0-9a-f]+)/, '$1$299')
  ),
  'another port': rewrite((rule) =>
    rule.replace(
      /(--dport |--to-destination \S+:)(\d+)/,
      (_, before: string, port: string) => `${before}${Number(port) + 1}`
    )
  ),
  'another protocol': rewrite((rule) =>
    rule.includes('-p tcp')
      ? rule.replaceAll('-p tcp', '-p udp').replaceAll('-m tcp', '-m udp')
      : rule.replaceAll('-p udp', '-p tcp').replaceAll('-m udp', '-m tcp')
  ),
  'another chance': rewrite((rule, random) =>
    rule.replace(
      /--probability \S+/,
      `--probability ${pick(['0.10000000000', '0.90000000000', '1.00000000000'], random)}`
    )
  ),
  'another mark': rewrite((rule) => rule.replace('0x4000', '0x8')),
  'no negation': rewrite((rule) => rule.replace('! ', '')),
  'jump of another rule': rewrite((rule, random, all) => {
    const other = pick(
      all.filter((place) => /-j KUBE-(?:SVC|SEP|EXT|SVL|XLB)-/.test(place.rule)),
      random
    )
    return rule.replace(/-j KUBE-(?:SVC|SEP|EXT|SVL|XLB)-\S+/, /-j \S+/.exec(other.rule)![0])
  }),
  'another affinity': rewrite((rule) =>
    rule.replace(/--seconds \d+/, '--seconds 7').replace(/--name KUBE-SEP-\w+/, '--name KUBE-SEP-AAAAAAAAAAAAAAAA')
  ),
  'flush its chain': (lines, { chain, index }) => {
    for (let at = lines.length - 1; at >= 0; at--)
      if (lines[at]!.includes(`-A ${chain} `) && sameTable(lines, at, index)) lines.splice(at, 1)
  },
  'policy DROP': (lines, { index }) => {
    for (let at = index; at >= 0 && !lines[at]!.startsWith('*'); at--)
      lines[at] = lines[at]!.replace(/^:(FORWARD|INPUT|OUTPUT) ACCEPT/, ':$1 DROP')
  }
}

function sameTable(lines: readonly string[], a: number, b: number): boolean {
  return !lines.slice(Math.min(a, b), Math.max(a, b)).includes('COMMIT')
}

/** `random`: a stream of numbers in [0, 1). Undefined where the change drawn leaves the rule drawn as it is. */
export function mutate(text: string, random: () => number): Mutation | undefined {
  const lines = text.split('\n')
  const all = places(lines)
  const place = pick(all, random)
  const name = pick(Object.keys(CHANGES), random)
  CHANGES[name]!(lines, place, random, all)
  const changed = lines.join('\n')
  return changed === text ? undefined : { name: `${name}: ${place.table} ${place.rule}`, text: changed }
}

function places(lines: readonly string[]): Place[] {
  let table = ''
  return lines.flatMap((line, index) => {
    if (line.startsWith('*')) table = line.slice(1)
    const [, chain, rule] = /^(?:\[\d+:\d+\] )?-A ((?:KUBE|PRE|POST|OUT|IN|FOR)\S*) (.*)$/.exec(line) ?? []
    return chain === undefined ? [] : [{ index, table, chain, rule: `${chain} ${rule}` }]
  })
}
