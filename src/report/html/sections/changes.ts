import { SECTIONS, type Section } from '../../../ask/diff/change.ts'
import { eventsOf } from '../../../ask/diff/events.ts'
import type { Report } from '../../../ask/report/report.ts'
import { type AlikeObjects, alikeObjects, diffSummary, titleOf } from '../../diff/alike.ts'
import { eventLines } from '../../diff/event-text.ts'
import { plural } from '../../diff/words.ts'
import { serviceLink } from '../links.ts'
import { type Content, html, type Markup } from '../markup.ts'

/** What is not alike in this snapshot and the one it is compared with. */
export function changesSection(report: Report): Markup {
  const { diff, before } = report
  return html`<section id="changes" aria-labelledby="changes-title"><h2 id="changes-title">Changes${before && html` since ${before.name}`}</h2>
${diff === null ? html`<p>There is no snapshot before this one to compare with.</p>` : html`<p>${diffSummary(diff)}.</p>${list(eventLines(eventsOf(diff)))}${SECTIONS.map((section) => part(section, alikeObjects(section, diff, false)))}${unknown(report)}`}</section>`
}

/** The same in short: how much, and what happened. */
export function changesSummary({ diff, before }: Report): Markup {
  if (diff === null || before === null) return html`<p>There is no snapshot before this one to compare with.</p>`
  const events = eventLines(eventsOf(diff))
  return html`<p>Since ${before.name}: <b>${diffSummary(diff)}</b>.</p>
${list(events.slice(0, EVENTS))}${events.length > EVENTS && html`<p>And ${events.length - EVENTS} more.</p>`}
<p class="soft">${diff.unknown.length > 0 && `${plural(diff.unknown.length, 'thing')} could not be compared. `}<a href="#changes">All changes</a> · <a href="#timeline">over time</a></p>`
}

/** So many events stand in the overview. */
const EVENTS = 6

function list(lines: readonly string[]): Markup | false {
  return lines.length > 0 && html`<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`
}

function part(section: Section, groups: readonly AlikeObjects[]): Markup | false {
  return (
    groups.length > 0 &&
    html`<h3>${titleOf(section)}</h3>${groups.map((group) => html`<article class="change ${group.isAlarming && 'alarming'}"><p class="objects">${group.isAlarming && html`<span class="severity warn"><span aria-hidden="true">!</span> look</span> `}${names(section, group.objects)}</p><ul>${group.lines.map((line) => html`<li>${line}</li>`)}</ul></article>`)}`
  )
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
