import { UserError } from '../../problem.ts'

export type Labels = Readonly<Record<string, string>>

const SET = /^([^\s!=,()]+)\s+(in|notin)\s*\(([^()]*)\)$/
const EQUAL = /^([^\s!=,()]+)\s*(==|=|!=)\s*([^\s!=,()]*)$/
const THERE = /^(!?)\s*([^\s!=,()]+)$/

/**
 * A label selector as kubectl's `-l` takes it: `app=web,tier!=db,env in (a, b),!canary`; all of it must hold.
 * Source: kubernetes.io/docs/concepts/overview/working-with-objects/labels. Throws: UserError where it is none.
 */
export function readSelector(text: string): (labels: Labels) => boolean {
  const requirements = text.split(/,(?![^(]*\))/).map((part) => requirement(part.trim(), text))
  return (labels) => requirements.every((holds) => holds(labels))
}

function requirement(part: string, whole: string): (labels: Labels) => boolean {
  const [, key = '', operator, list = ''] = SET.exec(part) ?? []
  if (operator) {
    const values = list.split(',').map((value) => value.trim())
    return (labels) => (Object.hasOwn(labels, key) && values.includes(labels[key]!)) === (operator === 'in')
  }
  const [, name = '', sign, value] = EQUAL.exec(part) ?? []
  if (sign) return (labels) => (Object.hasOwn(labels, name) && labels[name] === value) === (sign !== '!=')
  const there = THERE.exec(part)
  if (!there)
    throw new UserError(
      `get: "${whole}" is no label selector; write app=web, app!=web, app, !app or "app in (web, db)", with commas between`
    )
  return (labels) => Object.hasOwn(labels, there[2]!) === (there[1] === '')
}
