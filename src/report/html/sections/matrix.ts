import type { Report } from '../../../ask/report/report.ts'
import { type Cell, type Column, matrixOf } from '../../findings/matrix.ts'
import { html, type Markup } from '../markup.ts'
import { SEVERITY_WORDS } from '../severity.ts'

/** Which check found what on which node, and where a check could not look. */
export function matrixSection({ results, quality, aboutNodes }: Report): Markup {
  const { cluster, columns } = matrixOf(results, quality.nodes, aboutNodes)
  return html`<section id="checks" aria-labelledby="checks-title"><h2 id="checks-title">Checks by node</h2>
<p class="legend">${cellText({ state: 'found', findings: 3 })} so many findings ${cellText({ state: 'clean' })} clean: nothing found, all was seen ${cellText({ state: 'not-seen' })} nothing found, but not all was seen ${cellText({ state: 'no-node' })} the check is not about single nodes</p>
<div class="scroll" role="region" tabindex="0" aria-labelledby="checks-title"><table class="matrix">
<thead><tr><th scope="col">Check</th><th scope="col">Cluster</th>${columns.map((column) => html`<th scope="col">${columnTitle(column)}</th>`)}</tr></thead>
<tbody>${inOrder(cluster)
    .map((row) => ({ check: results[row]!.check, row }))
    .map(
      ({ check, row }) =>
        html`<tr><th scope="row"><span class="level soft">${SEVERITY_WORDS[check.severity].one}</span> ${cluster[row]!.state === 'found' ? html`<a href="#check-${check.code}"><span class="code">${check.code}</span></a>` : html`<span class="code">${check.code}</span>`} <span class="title">${check.title}</span></th><td>${cellText(cluster[row]!)}</td>${columns.map(({ cells }) => html`<td>${cellText(cells[row]!)}</td>`)}</tr>`
    )}</tbody></table></div>
${columns.some(({ nodes }) => nodes.length > SHOWN) && html`<details><summary>Which nodes are alike</summary>${columns.map((column) => html`<p><b>${columnTitle(column)}</b>: ${column.nodes.join(', ')}</p>`)}</details>`}</section>`
}

/** Rows with findings first, then those that were not seen whole. */
function inOrder(cluster: readonly Cell[]): number[] {
  const rank = ({ state }: Cell) => ['found', 'not-seen', 'clean', 'no-node'].indexOf(state)
  return cluster.map((_, row) => row).sort((a, b) => rank(cluster[a]!) - rank(cluster[b]!) || a - b)
}

const SHOWN = 3

function columnTitle({ nodes }: Column): string {
  return nodes.length <= SHOWN ? nodes.join(', ') : `${nodes.length} nodes alike (${nodes[0]}, …)`
}

function cellText(cell: Cell): Markup {
  switch (cell.state) {
    case 'found':
      return html`<span class="cell found">✕ ${cell.findings}</span>`
    case 'clean':
      return html`<span class="cell clean"><span aria-hidden="true">✓</span><span class="hidden">clean</span></span>`
    case 'not-seen':
      return html`<span class="cell not-seen"><span aria-hidden="true">?</span><span class="hidden">not seen</span></span>`
    case 'no-node':
      return html`<span class="cell no-node"><span aria-hidden="true">·</span><span class="hidden">not about nodes</span></span>`
  }
}
