import { html, type Markup } from '../markup.ts'
import type { EndpointMark, FrontendMark, JudgedEndpoint, JudgedFrontend, JudgedPort } from './judge.ts'
import { type NodeGroup, nodeGroups, type Row } from './rows.ts'
import {
  ENDPOINT_WORDS,
  endpointText,
  FRONT_WORDS,
  frontendAddress,
  frontendSentences,
  KINDS,
  shareText,
  where
} from './words.ts'

/** Left edges and widths of the three columns, in pixels: frontends, chains, nodes with their endpoints. */
const FRONTEND = { x: 1, width: 212 }
const CHAIN = { x: 262, width: 206 }
const NODE = { x: 552, width: 447 }
const [BOX, LINE, ROW, GAP, HEAD] = [62, 16, 40, 14, 26]

interface Placed<T> {
  readonly y: number
  readonly height: number
  readonly of: T
}

/** A port of a Service from its frontends over its chains to the endpoints on their nodes, as SVG. `id` makes the marks' names its own. */
export function drawPort(judged: JudgedPort, id: string): Markup {
  const frontends = stacked(judged.frontends, () => BOX)
  const groups = stacked(nodeGroups(judged.endpoints), ({ rows }) => HEAD + rows.length * ROW + 8)
  const chainHeight = 14 + Math.max(1, judged.port.chains.length) * (LINE * 2 + 4)
  const height = Math.max(end(frontends), end(groups), chainHeight) + 2
  const [frontendsAt, groupsAt, chainAt] = [
    placeOf(end(frontends), height),
    placeOf(end(groups), height),
    placeOf(chainHeight, height)
  ]
  const chainMiddle = chainAt + chainHeight / 2
  const text = summary(judged)
  return html`<svg class="picture" role="img" aria-labelledby="${id}" width="1000" height="${height}" viewBox="0 0 1000 ${height}"><title id="${id}">${text}</title>
${frontends.map(({ y, of }) => frontendEdge(of, frontendsAt + y + BOX / 2, chainMiddle))}
${groups.flatMap(({ y, of }) => of.rows.map((row, index) => rowEdge(row, chainMiddle, groupsAt + y + HEAD + index * ROW + ROW / 2 - 2)))}
${frontends.map(({ y, of }) => frontendBox(of, frontendsAt + y, judged.nodes))}
${chainBox(judged, chainAt, chainHeight)}
${groups.map(({ y, height: tall, of }) => groupBox(of, groupsAt + y, tall, judged.nodes))}</svg>`
}

/** In the middle, but not so far down that a long list of endpoints pushes it out of sight. */
function placeOf(tall: number, height: number): number {
  return 1 + Math.min((height - 2 - tall) / 2, 120)
}

function summary({ port, frontends, endpoints }: JudgedPort): string {
  const wrong =
    endpoints.filter(({ mark }) => mark === 'stale' || mark === 'missing').length +
    frontends.filter(({ isWrong }) => isWrong).length
  return `Port ${port.port}/${port.protocol}: ${frontends.length} frontends, ${endpoints.length} endpoints, ${wrong} wrong. The tables below say the same in words.`
}

function stacked<T>(items: readonly T[], heightOf: (item: T) => number): Placed<T>[] {
  let y = 0
  return items.map((of) => {
    const placed = { y, height: heightOf(of), of }
    y += placed.height + GAP
    return placed
  })
}

function end(placed: readonly Placed<unknown>[]): number {
  const last = placed.at(-1)
  return last ? last.y + last.height : 0
}

function curve(x1: number, y1: number, x2: number, y2: number, style: string): Markup {
  const middle = (x1 + x2) / 2
  return html`<path class="edge ${style}" d="M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}"/>`
}

function frontendMark({ states }: JudgedFrontend): FrontendMark {
  return (
    (['sent', 'refused', 'untouched', 'unknown'] as const).find((mark) =>
      states.some((state) => state.mark === mark)
    ) ?? 'unknown'
  )
}

function frontendEdge(frontend: JudgedFrontend, y: number, chainMiddle: number): Markup {
  const mark = frontendMark(frontend)
  const style = mark === 'refused' ? (frontend.isWrong ? 'stale' : 'refused') : mark === 'sent' ? 'right' : 'undecided'
  const [from, to] = [FRONTEND.x + FRONTEND.width, CHAIN.x]
  // A packet that is refused, or taken by no rule, does not get to the chain.
  if (mark === 'sent') return curve(from, y, to, chainMiddle, style)
  return html`<path class="edge ${style}" d="M${from} ${y}h26"/><text class="sign ${style}" x="${from + 31}" y="${y + 5}">${FRONT_WORDS[mark].sign}</text>`
}

function frontendBox(frontend: JudgedFrontend, y: number, nodes: readonly string[]): Markup {
  const sentences = frontendSentences(frontend, nodes)
  const mark = frontendMark(frontend)
  const line = sentences.length === 1 ? sentences[0]! : `${FRONT_WORDS[mark].text}, not alike everywhere`
  return html`<g><title>${KINDS[frontend.frontend.kind] ?? frontend.frontend.kind} ${frontendAddress(frontend)}: ${sentences.join('; ')}</title>
<rect class="box ${frontend.isWrong ? 'stale' : ''}" x="${FRONTEND.x}" y="${y}" width="${FRONTEND.width}" height="${BOX}" rx="5"/>
<text class="strong" x="${FRONTEND.x + 10}" y="${y + 19}">${short(frontendAddress(frontend), 27)}</text>
<text class="soft" x="${FRONTEND.x + 10}" y="${y + 36}">${KINDS[frontend.frontend.kind] ?? frontend.frontend.kind}</text>
<text class="soft" x="${FRONTEND.x + 10}" y="${y + 52}">${short(line, 34)}</text></g>`
}

function chainBox({ port, nodes }: JudgedPort, y: number, height: number): Markup {
  const chains = port.chains.length > 0 ? port.chains : [{ chain: 'no chain was seen', nodes: [] }]
  return html`<g><rect class="box" x="${CHAIN.x}" y="${y}" width="${CHAIN.width}" height="${height}" rx="5"/>${chains.map(
    ({ chain, nodes: on }, index) => {
      const top = y + 7 + index * (LINE * 2 + 4)
      return html`<text class="mono" x="${CHAIN.x + 10}" y="${top + 14}">${short(chain, 27)}</text><text class="soft" x="${CHAIN.x + 10}" y="${top + 30}">${on.length > 0 ? short(where(on, nodes.length > 0 ? nodes : on), 36) : ''}</text>`
    }
  )}</g>`
}

const EDGES: Readonly<Record<EndpointMark, string>> = {
  right: 'right',
  missing: 'missing',
  stale: 'stale',
  'not-ready': 'missing',
  undecided: 'undecided',
  'left-out': ''
}

function rowEdge({ mark }: Row, chainMiddle: number, y: number): Markup | false {
  return mark !== 'left-out' && curve(CHAIN.x + CHAIN.width, chainMiddle, NODE.x + 8, y, EDGES[mark])
}

function groupBox({ node, rows }: NodeGroup, y: number, height: number, nodes: readonly string[]): Markup {
  return html`<g><rect class="node" x="${NODE.x}" y="${y}" width="${NODE.width}" height="${height}" rx="7"/>
<text class="soft" x="${NODE.x + 12}" y="${y + 18}">${node === null ? 'on no known node' : html`node <tspan class="strong">${short(node, 44)}</tspan>`}</text>
${rows.map((row, index) => rowBox(row, y + HEAD + index * ROW, nodes))}</g>`
}

function rowBox({ endpoints, mark }: Row, y: number, nodes: readonly string[]): Markup {
  const [first] = endpoints
  const { endpoint, share } = first!
  const one = endpoints.length === 1
  const [left, right] = [NODE.x + 8, NODE.x + NODE.width - 16]
  const name = one ? endpoint.address : `${endpoints.length} endpoints`
  const { state, besides } = rowTexts(first!, nodes)
  const pod = one
    ? endpoint.pod === null
      ? 'no pod is known to have this address'
      : endpoint.pod || 'no pod, made by hand'
    : 'alike: the table below names them'
  return html`<g><title>${name}: ${endpointText(first!, nodes)}${one ? `, pod ${pod}` : ''}</title>
<rect class="pod ${EDGES[mark]}" x="${left}" y="${y}" width="${NODE.width - 16}" height="${ROW - 5}" rx="4"/>
<text class="strong" x="${left + 9}" y="${y + 15}">${short(name, 28)}</text><text class="soft" x="${left + 9}" y="${y + 29}">${short(pod, one ? 38 : 50)}</text>
<text class="state ${EDGES[mark]}" x="${right}" y="${y + 15}" text-anchor="end">${short(`${ENDPOINT_WORDS[mark].sign} ${state}`, 42)}</text><text class="soft" x="${right}" y="${y + 29}" text-anchor="end">${short([besides, one && shareText(share)].filter(Boolean).join(', '), 34)}</text></g>`
}

/** A missing way is the news; where there is one stands below it. */
function rowTexts(judged: JudgedEndpoint, nodes: readonly string[]): { state: string; besides: string } {
  if (judged.mark !== 'missing') return { state: endpointText(judged, nodes), besides: '' }
  return {
    state: `missing ${where(judged.missingOn, nodes)}`,
    besides: judged.reachedOn.length > 0 ? `sent to on ${judged.reachedOn.length} of ${nodes.length} nodes` : ''
  }
}

/** What is cut off stands in the tables. */
function short(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, letters - 1)}…`
}
