import { words } from '../../../words.ts'
import { onNodes } from '../../diff/words.ts'
import type { EndpointMark, FrontendMark, JudgedEndpoint, JudgedFrontend } from './judge.ts'

export const KINDS: Readonly<Record<string, string>> = words({
  'cluster-ip': 'cluster IP',
  'external-ip': 'external IP',
  'load-balancer-ip': 'load balancer IP',
  'node-port': 'node port'
})

/** How each state is written; the sign stands beside the colour. */
export const ENDPOINT_WORDS: Readonly<Record<EndpointMark, { sign: string; text: string }>> = {
  right: { sign: '✓', text: 'right' },
  missing: { sign: '○', text: 'missing' },
  stale: { sign: '✕', text: 'stale' },
  'not-ready': { sign: '!', text: 'not ready, sent to' },
  undecided: { sign: '?', text: 'not listed in what was read, sent to' },
  'left-out': { sign: '–', text: 'not sent to' }
}

export const FRONT_WORDS: Readonly<Record<FrontendMark, { sign: string; text: string }>> = {
  sent: { sign: '✓', text: 'sent to endpoints' },
  refused: { sign: '✕', text: 'refused' },
  untouched: { sign: '–', text: 'no rule takes it' },
  unknown: { sign: '?', text: 'not known' }
}

/** `10.43.0.1:80`, `[fd00::1]:80`; of a node port `any node:30080`. */
export function frontendAddress({ frontend: { address, port } }: JudgedFrontend): string {
  return `${address === '' ? 'any node' : address.includes(':') ? `[${address}]` : address}:${port}`
}

/** `on 3 of 3 nodes`, `only on kube-worker2`. */
export function where(nodes: readonly string[], all: readonly string[]): string {
  return onNodes({ nodes, of: all.length, family: '' })
}

export function endpointText({ mark, reachedOn, missingOn }: JudgedEndpoint, all: readonly string[]): string {
  if (mark === 'missing')
    return `missing ${where(missingOn, all)}${reachedOn.length > 0 ? `, sent to ${where(reachedOn, all)}` : ''}`
  if (mark === 'left-out') return ENDPOINT_WORDS[mark].text
  return `${mark === 'right' ? 'sent to' : ENDPOINT_WORDS[mark].text} ${where(reachedOn, all)}`
}

export function readiness({ ready, serving, terminating, isListed }: JudgedEndpoint['endpoint']): string {
  if (!isListed) return 'not listed'
  if (ready === null) return '?'
  return [ready ? 'ready' : 'not ready', !ready && serving ? 'serving' : '', terminating ? 'terminating' : '']
    .filter(Boolean)
    .join(', ')
}

export function shareText(share: JudgedEndpoint['share']): string {
  if (share === null) return ''
  const [least, most] = share.map((part) => `${Number((part * 100).toFixed(1))}%`)
  return least === most ? least! : `${least} to ${most}`
}

/** What becomes of a frontend's packets, a sentence for each group of nodes and senders. */
export function frontendSentences({ states }: JudgedFrontend, all: readonly string[]): string[] {
  const ways = new Map<string, { mark: FrontendMark; remark: string; sender: string; nodes: Set<string> }>()
  for (const { mark, why, condition, nodes, senders } of states) {
    const remark = [mark === 'sent' ? '' : why, condition === '' ? '' : `if ${condition}`].filter(Boolean).join('; ')
    for (const sender of senders) {
      const key = JSON.stringify([mark, remark, sender])
      const way = ways.get(key) ?? { mark, remark, sender, nodes: new Set<string>() }
      for (const node of nodes) way.nodes.add(node)
      ways.set(key, way)
    }
  }
  const alike = new Map<string, { mark: FrontendMark; remark: string; nodes: string[]; senders: string[] }>()
  for (const { mark, remark, sender, nodes } of ways.values()) {
    const sorted = [...nodes].sort()
    const key = JSON.stringify([mark, remark, sorted])
    const group = alike.get(key) ?? { mark, remark, nodes: sorted, senders: [] }
    group.senders.push(sender)
    alike.set(key, group)
  }
  return [...alike.values()].map(({ mark, remark, nodes, senders }) => {
    const from = senders.length === 3 ? '' : `from ${senders.map((sender) => SENDERS[sender] ?? sender).join(' and ')} `
    return `${from}${FRONT_WORDS[mark].text} ${where(nodes, all)}${remark === '' ? '' : ` (${remark})`}`
  })
}

const SENDERS: Readonly<Record<string, string>> = words({ pod: 'pods', node: 'the nodes', outside: 'outside' })
