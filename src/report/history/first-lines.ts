import type { Change } from '../../ask/diff/change.ts'
import { onNodes, plural, shortList, shown } from '../diff/words.ts'

/** Of these a node has dozens. */
const MANY = new Map<Change['aspect'], string>([
  ['address', 'addresses'],
  ['route', 'routes'],
  ['listener', 'listeners']
])

/** What the first snapshot that reads an object says of it: nothing of this came then, it may have stood for long. */
export function firstLines(changes: readonly Change[]): string[] {
  const endpoints = changes.filter(({ aspect }) => aspect === 'endpoint')
  const others = changes.filter(({ aspect }) => aspect !== 'endpoint' && aspect !== 'frontend' && !MANY.has(aspect))
  const list =
    endpoints.length === 0
      ? []
      : [
          `${plural(endpoints.length, 'endpoint')}: ${shortList(endpoints.map(({ name, after }) => `${name} ${shown(after)}`.trim()))}`
        ]
  const lines = others.flatMap(firstLine)
  const place = lines.findIndex(({ isOfRules }) => isOfRules)
  const texts = lines.map(({ text }) => text)
  const many = [...MANY].flatMap(([aspect, plurally]) => {
    const its = changes.filter((change) => change.aspect === aspect)
    return its.length === 0
      ? []
      : [
          `${its.length === 1 ? aspect : `${its.length} ${plurally}`}: ${shortList(its.map(({ name, after }) => [name, shown(after) === 'none' ? '' : shown(after)].filter(Boolean).join(' ')))}`
        ]
  })
  return place < 0 ? [...texts, ...many, ...list] : [...texts.slice(0, place), ...list, ...texts.slice(place)]
}

function firstLine(change: Change): { text: string; isOfRules: boolean }[] {
  const { aspect, name, after } = change
  const line = (text: string, isOfRules = false) => (text === '' ? [] : [{ text: text.trim(), isOfRules }])
  switch (aspect) {
    case 'object':
      return line([name, shown(after) === 'none' ? '' : shown(after), onNodes(change)].filter(Boolean).join(' '))
    case 'destinations':
      return line(`${name} goes to ${plural((after as readonly string[]).length, 'endpoint')} ${onNodes(change)}`, true)
    case 'rules':
      return line(`${plural(Number(after), 'rule')} ${onNodes(change) || 'inside the pod'}`, true)
    case 'policy':
      return line(`policy ${after} ${onNodes(change)}`, true)
    case 'field':
      return line(`${name.replaceAll('_', ' ')} ${shown(after)}`)
    default:
      return line(`${aspect} ${name}${shown(after) === 'none' ? '' : `: ${shown(after)}`}`)
  }
}
