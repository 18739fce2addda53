import { answerOf, signature, type TraceAnswer } from '../../ask/trace/answer.ts'
import type { NodeTrace, Trace } from '../../ask/trace/trace.ts'
import { visible } from '../format/cell.ts'
import { traceTree, type Annotate } from './tree.ts'

/** A trace for people: nodes that do the same are told once, the odd ones after them. */
export function traceText(snapshot: string, { asked, remark, nodes }: Trace, annotate: Annotate): string {
  if (remark !== undefined) return `${visible(remark)}\n`
  const groups = alike(nodes)
  const parts = groups.map((group, index) => {
    const [first] = group
    const odd = index > 0 && groups.length > 1 ? [`different on ${group.map(({ node }) => node).join(', ')}:`] : []
    const answer = answerOf(first!)
    return [...odd, ...heading(asked, snapshot, first!), ...traceTree(answer, annotate), ...same(group), ...assumptions(answer)].join('\n')
  })
  return `${parts.join('\n\n')}\n`
}

function heading(asked: string, snapshot: string, { target, sender, node }: NodeTrace): string[] {
  const host = target.address.includes(':') ? `[${target.address}]` : target.address
  const { front } = target
  const service = front && `, ${front.kind.replaceAll('-', ' ').replace(/ ip$/, ' IP')} of Service ${front.namespace}/${front.service}${front.portName ? `:${front.portName}` : ''}`
  const from = sender.address && !sender.name.includes(sender.address) ? `${sender.name} (${sender.address})` : sender.name
  return [visible(`${asked} is ${host}:${target.port}/${target.protocol}${service ?? ', no address of a Service in the snapshot'}`), visible(`from ${from} at node ${node}, in ${snapshot}`)]
}

function alike(nodes: readonly NodeTrace[]): NodeTrace[][] {
  const groups = new Map<string, NodeTrace[]>()
  for (const each of nodes) {
    const key = signature(each)
    groups.set(key, [...(groups.get(key) ?? []), each])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length)
}

function same([first, ...others]: readonly NodeTrace[]): string[] {
  const named = others.map(({ node, target }) => (node === first!.node ? `${target.address}:${target.port}` : node))
  return named.length === 0 ? [] : [visible(`the same ${others[0]!.node === first!.node ? 'for' : 'on'} ${[...new Set(named)].join(', ')}`)]
}

function assumptions({ outcomes }: TraceAnswer): string[] {
  const texts = [...new Set(outcomes.flatMap((outcome) => outcome.assumptions))]
  return texts.length === 0 ? [] : ['taken for granted:', ...texts.map((text) => visible(`  ${text}`))]
}
