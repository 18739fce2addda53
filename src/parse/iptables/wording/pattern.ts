import type { Option } from '../rule.ts'
import { compositeKinds } from './composite.ts'
import { kinds as singleKinds } from './values.ts'

const kinds = { ...singleKinds, ...compositeKinds }

/** How `iptables -L` words one module, compiled from a template. */
export interface Wording {
  readonly module: string
  /** Sticky: matches where `lastIndex` stands. */
  readonly pattern: RegExp
  readonly options: (found: RegExpExecArray) => Option[]
  /** The wording leaves something out that save would print (a negation, a name). */
  readonly lossy: boolean
}

interface Slot {
  readonly group: number
  readonly negation: number | null
  readonly name: string
  readonly kind: string
}

/**
 * Compiles lines of `module | template`. A template is a regular expression in which
 * - a blank stands for one or more, `[…]` is a part that may be missing;
 * - `<--opt>` is the option's value, `<--opt:kind>` a value to be converted (values.ts, composite.ts), of which `flag` takes no text;
 * - `<!--opt>` is a value with an optional `!` in front, `<!>` an optional `!` that negates the next option.
 * A module followed by `~` leaves something out that iptables-save prints.
 */
export function compileWordings(lines: string): Wording[] {
  return lines
    .trim()
    .split('\n')
    .map((line) => {
      const bar = line.indexOf(' | ')
      const module = line.slice(0, bar).trim()
      const { source, slots } = compile(line.slice(bar + 3))
      return {
        module: module.replace('~', ''),
        lossy: module.endsWith('~'),
        pattern: new RegExp(`${source}(?![^ \\[])`, 'ysu'),
        options: (found) => slots.flatMap((slot) => read(slot, found))
      }
    })
}

const TOKEN = /<(!?)(?:(--[a-z0-9-]+)(?::([a-z0-9]+))?)?>|\[|\]| /g

function compile(template: string): { source: string; slots: Slot[] } {
  const slots: Slot[] = []
  let groups = 0
  let pending: number | null = null
  const source = template.replace(TOKEN, (token, not: string | undefined, name?: string, kind = 'word') => {
    if (token === '[') return '(?:'
    if (token === ']') return ')?'
    if (token === ' ') return ' +'
    if (name === undefined) {
      pending = ++groups
      return '(! *)?'
    }
    const negation = not ? ++groups : pending
    pending = null
    slots.push({ group: ++groups, negation, name, kind })
    return `${not ? '(! *)?' : ''}(${kinds[kind]!.pattern})`
  })
  return { source, slots }
}

function read({ group, negation, name, kind }: Slot, found: RegExpExecArray): Option[] {
  const text = found[group]
  if (text === undefined) return []
  const negated = negation !== null && found[negation] !== undefined
  return kinds[kind]!.read(text).map(([own, ...args]) =>
    own?.startsWith('! ') ? { name: own.slice(2), negated: true, args } : { name: own ?? name, negated, args }
  )
}
