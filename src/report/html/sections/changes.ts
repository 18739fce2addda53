import { SECTIONS, type Section } from '../../../ask/diff/change.ts'
import type { Report } from '../../../ask/report/report.ts'
import { alikeObjects, diffSummary, type AlikeObjects } from '../../diff/alike.ts'
import { serviceLink } from '../links.ts'
import { html, type Content, type Markup } from '../markup.ts'

const TITLES: Record<Section, string> = {
  service: 'Services', pod: 'Pods', node: 'Nodes', daemonset: 'DaemonSets', ingress: 'Ingresses', namespace: 'Namespaces', chain: 'Other chains'
}

/** What is not alike in this snapshot and the one it is compared with. */
export function changesSection(report: Report): Markup {
  const { diff, before } = report
  return html`<section id="changes" aria-labelledby="changes-title"><h2 id="changes-title">Changes${before && html` since ${before.name}`}</h2>
${diff === null ? html`<p>There is no snapshot before this one to compare with.</p>` : html`<p>${diffSummary(diff)}.</p>${SECTIONS.map((section) => part(section, alikeObjects(section, diff, false)))}${unknown(report)}`}</section>`
}

/** The same in short: how much, and what alarms. */
export function changesSummary({ diff, before }: Report): Markup {
  if (diff === null || before === null) return html`<p>There is no snapshot before this one to compare with.</p>`
  const alarming = SECTIONS.flatMap((section) => alikeObjects(section, diff, false).filter(({ isAlarming }) => isAlarming).map((group) => ({ section, group })))
  return html`<p>Since ${before.name}: <b>${diffSummary(diff)}</b>.</p>
${alarming.length > 0 && html`<ul>${alarming.slice(0, 4).map(({ section, group }) => html`<li>${names(section, group.objects.slice(0, 4))}${group.objects.length > 4 && ` and ${group.objects.length - 4} more`}: ${group.lines[0]}</li>`)}</ul>`}
<p class="soft">${diff.unknown.length > 0 && `${diff.unknown.length} things could not be compared. `}<a href="#changes">All changes</a> · <a href="#timeline">over time</a></p>`
}

function part(section: Section, groups: readonly AlikeObjects[]): Markup | false {
  return groups.length > 0 && html`<h3>${TITLES[section]}</h3>${groups.map((group) => html`<article class="change ${group.isAlarming && 'alarming'}"><p class="objects">${group.isAlarming && html`<span class="severity warn"><span aria-hidden="true">!</span> look</span> `}${names(section, group.objects)}</p><ul>${group.lines.map((line) => html`<li>${line}</li>`)}</ul></article>`)}`
}

function names(section: Section, objects: readonly string[]): Content {
  return objects.map((object, index) => {
    const link = section === 'service' ? serviceLink(`service/${object}`) : null
    return html`${index > 0 && ', '}${link === null ? object : html`<a href="${link}">${object}</a>`}`
  })
}

function unknown({ diff }: Report): Markup | false {
  if (!diff || diff.unknown.length === 0) return false
  const side = { before: `in ${diff.before}`, after: `in ${diff.after}`, both: 'in both' }
  return html`<h3>Could not be compared</h3><ul>${diff.unknown.map((each) => html`<li>${each.subject}: unknown ${side[each.side]}: ${each.reason}</li>`)}</ul>`
}
