import type { Annotate } from '../../ask/trace/annotation.ts'
import { answerOf, type TraceAnswer } from '../../ask/trace/answer.ts'
import { inWords } from '../../ask/trace/cluster.ts'
import { alike } from '../../ask/trace/document.ts'
import { familyOf, type NodeTrace, type Trace } from '../../ask/trace/trace.ts'
import type { Family } from '../../model/packet/packet.ts'
import { visible } from '../format/cell.ts'
import { wrap } from '../format/wrap.ts'
import { branchText } from './branch-text.ts'
import { summary } from './summary.ts'
import { casesOf } from './tree.ts'

/** What a trace was made in. */
export interface Setting {
  /** `in 2026-11-22T10-16-09Z`, `in the dump given` */
  readonly where: string
  /** What it means that no Service is known at an address; absent where none could be. */
  readonly noService?: string
  /** What is known of the rules of one address family. */
  readonly annotate: (family: Family) => Annotate
  /** Where the rules end too early: said first, and of the cases that follow from it only some are told. */
  readonly cutAt?: string
  /** Of the terminal; 100 without. */
  readonly width?: number
}

/** A trace for people: nodes that do the same are told once, the odd ones after them. */
export function traceText({ asked, remark, nodes }: Trace, setting: Setting): string {
  const width = setting.width ?? 100
  if (remark !== undefined) return `${wrap(visible(remark), width).join('\n')}\n`
  const groups = alike(nodes)
  const parts = groups.map((group, index) => {
    const [first] = group
    const odd = index > 0 ? [`different on ${names(group)}:`] : []
    const answer = answerOf(first!)
    return [
      ...odd,
      ...heading(asked, setting, first!),
      ...trees(answer, setting, familyOf(first!)),
      ...same(group),
      ...assumptions(answer)
    ]
      .flatMap((line) => (line.length > width && !/[├└│]/.test(line) ? hanging(line, width) : [line]))
      .join('\n')
  })
  const cut = setting.cutAt === undefined ? [] : [wrap(visible(setting.cutAt), width).join('\n')]
  return `${[...cut, ...(groups.length > 1 ? [summary(groups, width).join('\n')] : []), ...parts].join('\n\n')}\n`
}

function heading(asked: string, { where, noService }: Setting, { target, sender, node }: NodeTrace): string[] {
  const host = target.address.includes(':') ? `[${target.address}]` : target.address
  const { frontend, besides } = target
  const service = frontend
    ? `, ${inWords(frontend.kind)} of Service ${frontend.namespace}/${frontend.service}${frontend.portName ? `:${frontend.portName}` : ''}`
    : besides &&
      `, ${inWords(besides.frontend.kind)} of Service ${besides.frontend.namespace}/${besides.frontend.service}, which has no port ${target.port}/${target.protocol.toUpperCase()}; it has ${besides.ports}`
  const from =
    sender.address && !sender.name.includes(sender.address) ? `${sender.name} (${sender.address})` : sender.name
  const address = `${host}:${target.port}`
  return [
    visible(
      `${asked === address ? '' : `${asked} is `}${address}/${target.protocol}${service ?? (noService === undefined ? '' : `, ${noService}`)}`
    ),
    visible(`from ${from}${node === null ? '' : ` at node ${node}`}, ${where}`)
  ]
}

function trees(answer: TraceAnswer, { annotate, cutAt, width = 100 }: Setting, family: Family): string[] {
  const cases = casesOf(answer)
  const told = cutAt === undefined ? cases : cases.slice(0, MOST_CASES)
  const left = cases.length - told.length
  return [
    ...told.flatMap(({ title, root }) => [
      ...(title ? wrap(`${visible(title)}:`, width) : []),
      ...branchText(root, undefined, annotate(family), width)
    ]),
    ...(left > 0 ? [`… and ${left} more cases, by what may follow in the chains that were cut (-o json has all)`] : [])
  ]
}

/** So many cases of a dump that was cut are told. */
const MOST_CASES = 6

function same([first, ...others]: readonly NodeTrace[]): string[] {
  const named = others.map(({ node, target }) => (node === first!.node ? `${target.address}:${target.port}` : node))
  return named.length === 0
    ? []
    : [visible(`the same ${others[0]!.node === first!.node ? 'for' : 'on'} ${[...new Set(named)].join(', ')}`)]
}

function names(group: readonly NodeTrace[]): string {
  return visible(group.map(({ node }) => node).join(', '))
}

function assumptions({ outcomes }: TraceAnswer): string[] {
  const texts = [...new Set(outcomes.flatMap((outcome) => outcome.assumptions))]
  return texts.length === 0 ? [] : ['taken for granted:', ...texts.map((text) => visible(`  ${text}`))]
}

function hanging(line: string, width: number): string[] {
  const indent = `${/^ */.exec(line)![0]}  `
  return wrap(line.trimStart(), width - indent.length).map(
    (text, index) => `${index === 0 ? indent.slice(2) : indent}${text}`
  )
}
