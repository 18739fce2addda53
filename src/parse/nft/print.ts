/** A ruleset in the form that `nft -f` loads. */
import { formatDuration } from './duration.ts'
import { printElements, quotingOfType } from './print-expression.ts'
import { canPrint, printStatement } from './print-statement.ts'
import type { BaseHook, NftChain, NftObject, NftRule, NftSet, NftTable, Ruleset } from './ruleset.ts'

/** What nft would not read again stands as a comment in its place. */
export function printRuleset({ tables }: Ruleset): string {
  return tables.map(printTable).join('')
}

function printTable(table: NftTable): string {
  const lines = [
    ...printComment(table.comment),
    ...(table.flags.length === 0 ? [] : [`flags ${table.flags.join(',')}`]),
    ...table.objects.flatMap(printObject),
    ...[...table.sets.values()].flatMap(printSet),
    ...[...table.chains.values()].flatMap(printChain),
    ...table.unread.flatMap(({ text }) => notPrinted(text))
  ]
  return block(`table ${table.family} ${table.name}`, lines)
    .map((line) => `${line}\n`)
    .join('')
}

/** Of a comment as JSON may have it, what nft can read within quotes. */
function printComment(comment: string | undefined): string[] {
  if (comment === undefined) return []
  return UNQUOTABLE.test(comment) ? notPrinted(`comment ${comment}`) : [`comment "${comment}"`]
}

/** A quote ends nft's string, and a line end its statement. */
const UNQUOTABLE = /["\p{Cc}\p{Zl}\p{Zp}]/u

/** The words of a head: names and types, as nft's scanner takes them. */
const HEAD = /^[\w./\\-]+(?: [\w./\\-]+)*$/

function block(head: string, lines: readonly string[]): string[] {
  if (!HEAD.test(head)) return [head, ...lines].flatMap(notPrinted)
  return [`${head} {`, ...lines.map((line) => `\t${line}`), '}']
}

function notPrinted(text: string): string[] {
  return text.split('\n').map((line) => `# not read: ${withoutControls(line.trim())}`)
}

function printObject({ kind, name, text, json }: NftObject): string[] {
  const lines = text?.split('\n').map((line) => line.trim()) ?? (json && objectLines(kind, json))
  return lines ? block(`${kind} ${name}`, lines.filter(Boolean)) : notPrinted(`${kind} ${name} ${JSON.stringify(json)}`)
}

/** Of JSON: the kinds whose text follows from it. */
function objectLines(kind: string, json: Readonly<Record<string, unknown>>): string[] | undefined {
  const comment = typeof json.comment === 'string' ? printComment(json.comment) : []
  switch (kind) {
    case 'counter':
      return [...comment, `packets ${json.packets} bytes ${json.bytes}`]
    case 'quota':
      return [...comment, `${json.inv === true ? 'over ' : ''}${json.bytes} bytes used ${json.used ?? 0} bytes`]
    case 'limit': {
      const { rate, per, burst, inv, rate_unit: unit, burst_unit: burstUnit } = json
      const amount = unit === undefined || unit === 'packets' ? `${rate}/${per}` : `${rate} ${unit}/${per}`
      const extra = burst === undefined || burst === 0 ? '' : ` burst ${burst} ${burstUnit ?? 'packets'}`
      return [...comment, `rate ${inv === true ? 'over ' : ''}${amount}${extra}`]
    }
    case 'ct helper':
      return [...comment, `type "${json.type}" protocol ${json.protocol}`, `l3proto ${json.l3proto}`]
    default:
      return undefined
  }
}

function printSet(set: NftSet): string[] {
  const type = set.data === undefined ? set.type : `${set.type} : ${set.data}`
  const lines = [
    `${set.typeOf ? 'typeof' : 'type'} ${type}`,
    ...(set.policy === undefined ? [] : [`policy ${set.policy}`]),
    ...(set.size === undefined ? [] : [`size ${set.size}`]),
    ...(set.flags.length === 0 ? [] : [`flags ${set.flags.join(',')}`]),
    ...(set.timeout === undefined ? [] : [`timeout ${formatDuration(set.timeout)}`]),
    ...(set.garbageCollection === undefined ? [] : [`gc-interval ${formatDuration(set.garbageCollection)}`]),
    ...(set.autoMerge ? ['auto-merge'] : []),
    ...set.statements.map(printStatement),
    ...printComment(set.comment)
  ]
  const { elements } = set
  if (elements.length > 0) lines.push(`elements = ${printElements(elements, quotingOfType(set.type), ',\n\t\t\t')}`)
  // A meter is made by the rule that uses it; printed as a set it is one that rules fill.
  return block(`${set.kind === 'map' ? 'map' : 'set'} ${set.name}`, lines)
}

function printChain({ name, comment, base, rules }: NftChain): string[] {
  return block(`chain ${name}`, [...printComment(comment), ...(base ? [printBase(base)] : []), ...rules.map(printRule)])
}

function printBase({ type, hook, priority, devices, policy, flags }: BaseHook): string {
  const names = devices.map((device) => `"${device}"`)
  const on = names.length === 0 ? '' : names.length === 1 ? ` device ${names[0]}` : ` devices = { ${names.join(', ')} }`
  const rest = [...(policy === undefined ? [] : [` policy ${policy};`]), ...flags.map((flag) => ` flags ${flag};`)]
  return `type ${type} hook ${hook}${on} priority ${priority};${rest.join('')}`
}

function printRule(rule: NftRule): string {
  const text = ruleText(rule)
  const isPlain = !CONTROLS.test(text) && !rule.comment?.includes('"')
  return isPlain && rule.statements.every(canPrint) ? text : `# not read: ${withoutControls(text)}`
}

const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}]/u

/** Line ends and terminal escapes as `\u000a`: a name of JSON must not look like a statement. */
function withoutControls(text: string): string {
  return text.replaceAll(
    new RegExp(CONTROLS, 'gu'),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
}

/** As one line, with its comment. */
export function ruleText({ statements, comment }: NftRule): string {
  return [...statements.map(printStatement), ...(comment === undefined ? [] : [`comment "${comment}"`])].join(' ')
}
