import type { StoredForm, StoredRule } from '../../store/rules/stored-chains.ts'

/** A place in a rule whose value may differ between rules that do alike. */
interface Place {
  readonly role: 'source' | 'destination' | 'to-destination' | 'chain' | 'literal'
  /** What the form says, and for the rule's own words their places. */
  readonly parts: readonly (string | number)[]
}

/** What can be said of all rules of a form. */
export interface FormReading {
  /** The text without comment and without the values of its places. */
  readonly skeleton: string
  readonly places: readonly Place[]
  /** It asks for interfaces, or tells addresses apart in a way that is not looked into (ranges, sets). */
  readonly peculiar: boolean
  /** It begins with `-d` or `-s` and a single value, not negated. */
  readonly leads: 'source' | 'destination' | undefined
}

const readings = new WeakMap<StoredForm, FormReading>()

export function readingOf(form: StoredForm): FormReading {
  let reading = readings.get(form)
  if (!reading) readings.set(form, (reading = read(form)))
  return reading
}

const ROLES: ReadonlyMap<string, Place['role']> = new Map(
  Object.entries<Place['role']>({
    '-s': 'source',
    '-d': 'destination',
    '--to-destination': 'to-destination',
    '-j': 'chain',
    '-g': 'chain'
  })
)
const PECULIAR =
  /(?:^| )-[io] |-range|--match-set|--physdev|--limit-iface|-m (?:set|iprange|physdev|u32|bpf|hashlimit|connlimit)\b|-j (?:NETMAP|SET)\b/
const COMMENT = /-m comment --comment (?:"(?:[^"\\]|\\.)*"|\S+) ?/

function read(form: StoredForm): FormReading {
  const places: Place[] = []
  const bare = form.text.replace(COMMENT, '')
  const skeleton = bare.replace(
    /(?:(-[sdjg]|--to-destination) (\S+))|([\u0001-\u0004])/g,
    (_, option: string | undefined, value: string | undefined, word: string | undefined) => {
      const said = value ?? word!
      places.push({
        role: option === undefined ? 'literal' : ROLES.get(option)!,
        parts: form.arguments > 0 ? partsOf(said) : [said]
      })
      return `${option ?? ''} ?`
    }
  )
  const leads = /^-([sd]) /.exec(bare)?.[1]
  return {
    skeleton,
    places,
    peculiar: PECULIAR.test(bare),
    leads: leads === undefined ? undefined : leads === 's' ? 'source' : 'destination'
  }
}

function partsOf(value: string): (string | number)[] {
  return value
    .split(/([\u0001-\u0004])/)
    .filter((part) => part !== '')
    .map((part) => (/^[\u0001-\u0004]$/.test(part) ? part.charCodeAt(0) - 1 : part))
}

export function valueAt({ words, first }: StoredRule, { parts }: Place): string {
  let value = ''
  for (const part of parts) value += typeof part === 'number' ? (words[first + part] ?? '') : part
  return value
}

/** The address of `10.0.0.1/32`, `fd00::1/128`; undefined for a network. */
export function singleAddress(operand: string): string | undefined {
  return operand.endsWith('/32')
    ? operand.includes(':')
      ? undefined
      : operand.slice(0, -3)
    : operand.endsWith('/128')
      ? operand.slice(0, -4)
      : undefined
}

/** The single destination with which the rule begins. */
export function leadingDestination(rule: StoredRule): string | undefined {
  const { leads, places } = readingOf(rule.form)
  return leads === 'destination' ? singleAddress(valueAt(rule, places[0]!)) : undefined
}
