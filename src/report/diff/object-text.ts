import type { Aspect, Change } from '../../ask/diff/change.ts'
import { endpointLines, type Named } from './endpoint-text.ts'
import { onNodes, plural, shortList, shown } from './words.ts'

/** What changed about one object, the most telling first. `named` tells which pods other objects' lines have named. */
export function objectLines(changes: readonly Change[], named: Named): string[] {
  const of = (...aspects: Aspect[]) => changes.filter(({ aspect }) => aspects.includes(aspect))
  const moved = { added: addresses(of('endpoint'), 'added'), removed: addresses(of('endpoint'), 'removed') }
  return [
    ...of('rules').filter(isAlarming).map(rulesLine),
    ...of('object').map(objectLine),
    ...of('policy').map((change) => `policy ${change.before} → ${change.after} ${onNodes(change)}`),
    ...of('field').map(fieldLine),
    ...of('port', 'container', 'Endpoints address').map(partLine),
    ...endpointLines(of('endpoint'), named),
    ...of('endpoint')
      .filter(({ change }) => change === 'changed')
      .map(partLine),
    ...of('svclb').map((change) => `svclb pod ${change.name} ${cameOrWent(change)}`),
    ...of('frontend').map(
      (change) => `packets to ${change.name}: ${change.before} → ${change.after} ${onNodes(change)}`
    ),
    ...of('destinations').map((change) => destinationsLine(change, moved)),
    ...of('address', 'route', 'listener', 'setting', 'version', 'ipset').map(hostLine),
    ...memberLines(of('ipset member')),
    ...of('nft table', 'nft rule', 'policy rule').map(hostLine),
    ...of('rules')
      .filter((change) => !isAlarming(change))
      .map(rulesLine)
  ]
}

/** One change by itself. */
export function changeLine(change: Change): string {
  return objectLines([change], new Map())[0] ?? change.aspect
}

/** Where rules and objects went apart: what to look at first. */
export function isAlarming({ section, name }: Change): boolean {
  return name === 'not-followed' || (section === 'service' && name === 'alone')
}

function objectLine(change: Change): string {
  const what = change.name === '' ? '' : `${change.name} `
  return `${what}${cameOrWent(change)} ${onNodes(change)}`.trimEnd()
}

function cameOrWent({ change, before, after }: Change): string {
  const summary = shown((change === 'removed' ? before : after) ?? '')
  if (change === 'changed') return `${shown(before)} → ${shown(after)}`
  return summary === 'none' ? change : `${change}: ${summary}`
}

function fieldLine({ name, before, after }: Change): string {
  if (name === 'uid') return 'made anew under the same name'
  return `${name.replaceAll('_', ' ')} ${shown(before)} → ${shown(after)}`
}

function partLine(change: Change): string {
  return `${change.aspect} ${change.name.replaceAll('_', ' ')} ${cameOrWent(change)}`
}

/** Names that nodes tell stand as they are. */
function hostLine(change: Change): string {
  return `${change.aspect} ${change.name} ${cameOrWent(change)}`
}

/** What came to a set and what went, each set once. */
function memberLines(changes: readonly Change[]): string[] {
  const sets = new Map<string, Change[]>()
  for (const change of changes) {
    const set = change.name.split(' ')[0]!
    sets.set(set, [...(sets.get(set) ?? []), change])
  }
  return [...sets].map(([set, its]) => {
    const members = (kind: Change['change']) =>
      its.filter(({ change }) => change === kind).map(({ name }) => name.slice(set.length + 1))
    const parts = [
      members('added').length > 0 ? `+ ${shortList(members('added'))}` : '',
      members('removed').length > 0 ? `− ${shortList(members('removed'))}` : '',
      ...its
        .filter(({ change }) => change === 'changed')
        .map((change) => `${change.name.slice(set.length + 1)} ${cameOrWent(change)}`)
    ].filter(Boolean)
    return `members of ipset ${set}: ${parts.join(', ')}`
  })
}

/** `10.42.0.7:80` of endpoints that came or went. */
function addresses(endpoints: readonly Change[], kind: Change['change']): Set<string> {
  return new Set(endpoints.filter(({ change }) => change === kind).map(({ name }) => name.split(' ')[0]!))
}

/** The endpoints are named only where they are not just those that the objects gained and lost. */
function destinationsLine(
  change: Change,
  moved: { readonly added: Set<string>; readonly removed: Set<string> }
): string {
  const [before, after] = [change.before, change.after].map((list) => (list ?? []) as readonly string[]) as [
    readonly string[],
    readonly string[]
  ]
  const address = (entry: string) => entry.slice(0, entry.lastIndexOf(' '))
  const [was, is] = [before.map(address), after.map(address)]
  const gained = is.filter((entry) => !was.includes(entry))
  const lost = was.filter((entry) => !is.includes(entry))
  const head = `${change.name} goes to ${before.length} → ${plural(after.length, 'endpoint')} ${onNodes(change)}`
  if (gained.length + lost.length === 0) {
    return `${change.name} goes to the same ${plural(after.length, 'endpoint')} in other shares ${onNodes(change)}: ${shown(before)} → ${shown(after)}`
  }
  if (sameSet(gained, moved.added) && sameSet(lost, moved.removed)) return head
  const parts = [
    gained.length > 0 ? `+ ${shortList(gained)}` : '',
    lost.length > 0 ? `− ${shortList(lost)}` : ''
  ].filter(Boolean)
  return `${head}: ${parts.join(', ')}`
}

function sameSet(list: readonly string[], set: ReadonlySet<string>): boolean {
  return list.length === set.size && list.every((entry) => set.has(entry))
}

function rulesLine(change: Change): string {
  const count = `−${change.before} +${change.after}`
  switch (change.name) {
    case 'not-followed':
      return notFollowed(change)
    case 'alone':
      return change.section === 'chain'
        ? `rules ${count} ${onNodes(change)}${fewRules(change)}`
        : `rules changed although no object did, ${onNodes(change) || 'inside the pod'} (${count})`
    case 'unexplained':
      return `rules changed ${onNodes(change)} (${count}); whether an object did is unknown`
    default:
      return `rules changed with it ${onNodes(change)} (${count})`.replace('  ', ' ')
  }
}

/** So few that they are told as they are. */
const FEW = 3

function fewRules({ rules = [] }: Change): string {
  const lines = rules.filter(({ rule }) => rule !== undefined)
  return lines.length === 0 || lines.length > FEW
    ? ''
    : `: ${lines.map(({ sign, line }) => `${sign === '-' ? '−' : '+'} ${line}`).join(', ')}`
}

function notFollowed({ nodes, before, after, family }: Change): string {
  const rules = `${family === 'ipv6' ? 'IPv6 rules' : 'rules'} of ${shortList(nodes)}`
  if (after === 'agree') return `objects changed, ${rules} did not: they were so before already`
  return before === null ? `objects changed, ${rules} did not change` : `objects changed, ${rules} did not follow`
}
