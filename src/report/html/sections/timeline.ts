import type { Report } from '../../../ask/report/report.ts'
import { shortList } from '../../diff/words.ts'
import { html, type Markup } from '../markup.ts'
import { SEVERITY_WORDS } from '../severity.ts'
import { drawStrip, type Strip } from './strip.ts'

/** Findings and changes over all snapshots of the store. */
export function timelineSection(report: Report): Markup {
  const { snapshots, found } = report
  const names = snapshots.map(({ name }) => name)
  const strips = [...findingStrips(report), ...changeStrips(report)]
  const checked = found.run.filter(({ checks }) => checks > 0).length
  const rows = snapshots.map((_, index) => snapshots.length - 1 - index)
  return html`<section id="timeline" aria-labelledby="timeline-title"><h2 id="timeline-title">Timeline</h2>
<p>${snapshots.length} snapshots, ${names[0]} to ${names.at(-1)}, one column each. <span class="hatch" aria-hidden="true"></span> Stripes are not known, low stripes are none found where not everything was seen, a line on the ground is 0. ${checked < snapshots.length && `Checks were run on ${checked} of them; "snap check -s SNAPSHOT" adds one.`}</p>
<svg class="hidden" aria-hidden="true"><pattern id="not-known" width="5" height="40" patternUnits="userSpaceOnUse"><rect class="stripes" width="2" height="40"/></pattern></svg>
<div class="strips">${strips.map((strip) => html`<div class="strip-row"><div class="strip-name">${strip.title} <span class="soft">${lastOf(strip)}</span></div>${drawStrip(strip, names)}</div>`)}</div>
<p class="axis soft"><span>${names[0]}</span><span>${names.at(-1)}</span></p>
<details id="timeline-table"><summary>The numbers, as a table</summary><div class="scroll" role="region" tabindex="0" aria-label="Timeline in numbers"><table>
<thead><tr><th scope="col">Snapshot</th>${strips.map(({ title }) => html`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows.map((at) => html`<tr><th scope="row"><a href="#changed/${names[at]!}">${names[at]}</a></th>${strips.map(({ counts, absent, atLeast }) => html`<td>${counts[at] === null ? html`<span class="soft">${absent}</span>` : html`${atLeast?.has(at) && '≥ '}${counts[at]}`}</td>`)}</tr>`)}</tbody></table></div></details></section>`
}

function findingStrips({ found }: Report): Strip[] {
  // With fewer checks than there are now, or with some that could not see everything, there may be more.
  const atLeast = new Set(
    found.run.flatMap(({ checks, half }, index) => (checks < found.checks || half > 0 ? index : []))
  )
  return found.series.map(({ severity, counts }) => ({
    title: `${SEVERITY_WORDS[severity].many[0]!.toUpperCase()}${SEVERITY_WORDS[severity].many.slice(1)} found`,
    counts,
    absent: 'not checked',
    style: severity,
    atLeast
  }))
}

function changeStrips({ objects, rules }: Report): Strip[] {
  return [
    ...objects.map(({ name, counts }) => ({
      title: `${name}${name.endsWith('changed') ? '' : ' changed'}`,
      counts,
      absent: 'not compared',
      style: 'moved'
    })),
    ...rules.map(({ nodes, counts }) => ({
      title: `Chains changed on ${nodes.length <= 3 ? nodes.join(', ') : `${nodes.length} nodes (${shortList(nodes)})`}`,
      counts,
      absent: 'not compared',
      style: 'moved'
    }))
  ]
}

function lastOf({ counts, absent }: Strip): string {
  const last = counts.at(-1) ?? null
  return last === null ? `last: ${absent}` : `last: ${last}`
}
