import type { Report } from '../../../ask/report/report.ts'
import { plural } from '../../diff/words.ts'
import { unseenThings } from '../../findings/alike.ts'
import { html, type Markup } from '../markup.ts'

/** So many of a list are shown. */
const SHOWN = 500

const more = (count: number): Markup | false =>
  count > SHOWN && html`<li>And ${count - SHOWN} more: the tables coverage and items have all.</li>`

/** What the snapshot does not hold, so that nothing here is taken for empty that is only not known. */
export function unseenSection({ quality, results }: Report): Markup {
  const things = unseenThings(results)
  return html`<section id="unseen" aria-labelledby="unseen-title"><h2 id="unseen-title">Not seen</h2>
<h3>What checks needed and the snapshot does not hold</h3>
${things.length === 0 ? html`<p>Every check saw all that it needs.</p>` : html`<ul class="unseen">${things.slice(0, SHOWN).map(({ gap, codes }) => html`<li><b>${gap.subject}</b>: ${gap.reason} <span class="soft">(wanted by ${codes.join(', ')})</span></li>`)}${more(things.length)}</ul>`}
<h3>What was asked for and not read whole</h3>
${quality.notWhole.length === 0 ? html`<p>All ${quality.complete} things that were asked for were read whole.</p>` : html`<ul class="unseen">${quality.notWhole.slice(0, SHOWN).map(({ subject, status, reason }) => html`<li><b>${subject}</b>: ${status === 'failed' ? 'not read' : 'read in part'}: ${reason}</li>`)}${more(quality.notWhole.length)}</ul>`}
<h3>Problems in collection and import</h3>
${
  quality.issueCount === 0
    ? html`<p>None.</p>`
    : html`<ul class="unseen">${quality.issues.map(({ place, message, text }) => html`<li>${message} <span class="soft">(${place || 'no place is known'})</span>${text !== null && html`<div class="mono">${text}</div>`}</li>`)}</ul>
${quality.issueCount > quality.issues.length && html`<p>And ${plural(quality.issueCount - quality.issues.length, 'more problem')}: the table issues has all.</p>`}`
}</section>`
}
