import type { Match, Option, RuleSpec, Target } from './rule.ts'

/** The option of that name, by the name iptables-save prints. */
export function option(of: Match | Target, name: string): Option | undefined {
  return of.options.find((candidate) => candidate.name === name)
}

/** The text of the rule's comment; of several, joined by a blank. Null: it has none. */
export function comment(spec: RuleSpec): string | null {
  const texts = spec.matches
    .filter((match) => match.module === 'comment')
    .flatMap((match) => match.options.flatMap(({ args }) => args))
  return texts.length === 0 ? null : texts.join(' ')
}

/** One condition on a port: it is, or with `negated` is not, in one of the ranges (both ends included). */
export interface PortCondition {
  readonly negated: boolean
  /** Null when a port is not a number (a service's name in a rule written by hand). */
  readonly ranges: readonly { readonly first: number; readonly last: number }[] | null
}

/** What the rule asks of the destination port; all must hold, none means any port. */
export function destinationPorts(spec: RuleSpec): readonly PortCondition[] {
  return spec.matches.flatMap(({ options }) =>
    options
      .filter(({ name }) => name === '--dport' || name === '--dports')
      .map(({ negated, args }) => ({ negated, ranges: portRanges(args[0] ?? '') }))
  )
}

/** `80,443,1024:2048`, `:1023`, `1024:` */
function portRanges(list: string): PortCondition['ranges'] {
  const ranges = list.split(',').map((range) => {
    const found = /^(\d{0,5})(:?)(\d{0,5})$/.exec(range)
    if (!found || range === '') return null
    const [, first, colon, last] = found as unknown as [string, string, string, string]
    return colon
      ? { first: Number(first || 0), last: Number(last || 65_535) }
      : { first: Number(first), last: Number(first) }
  })
  return ranges.includes(null) ? null : (ranges as { first: number; last: number }[])
}
