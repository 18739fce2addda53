import { html, type Markup } from '../markup.ts'
import type { PageData } from '../page-data.ts'

const SHOWN = 12

/** In which snapshots a Service changed, newest first. */
export function changeHistory({ snapshots, changed, changedNames }: PageData, name: string): Markup | false {
  if (snapshots.length < 2) return false
  const place = changedNames.indexOf(name)
  const at = snapshots.filter((_, index) => place >= 0 && changed[index]!.includes(place)).reverse()
  if (at.length === 0)
    return html`<p class="soft">It is not seen to have changed in any of the ${snapshots.length} snapshots.</p>`
  return html`<p>Changed in ${at.length} of ${snapshots.length} snapshots: ${at.slice(0, SHOWN).map((each, index) => html`${index > 0 && ', '}<a href="#changed/${each}">${each}</a>`)}${at.length > SHOWN && ` and ${at.length - SHOWN} before`}</p>`
}
