import { html, type Markup } from '../markup.ts'

/** One value a snapshot, oldest first; null: not known. */
export interface Strip {
  readonly title: string
  readonly counts: readonly (number | null)[]
  /** What null is called: `not read`, `not checked`. */
  readonly absent: string
  readonly style: string
  /** Snapshots whose count may be too low. */
  readonly atLeast?: ReadonlySet<number>
}

const HEIGHT = 34
const WIDTH = 1000

/** Bars over time. A zero has its own tick on the ground line and what is not known is striped, so that neither looks like the other. */
export function drawStrip({ title, counts, absent, style, atLeast }: Strip, names: readonly string[]): Markup {
  const most = Math.max(1, ...counts.map((count) => count ?? 0))
  const step = WIDTH / Math.max(1, counts.length)
  const bar = step > 4 ? step - 1 : step
  const known = counts.filter((count) => count !== null)
  const text = `${title}: ${known.length === 0 ? `${absent} in any of ${counts.length} snapshots` : `at most ${most} in one of ${counts.length} snapshots, ${counts.length - known.length} ${absent}`}. The table below has the numbers.`
  return html`<svg class="strip ${style}" role="img" aria-label="${text}" viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none">${runsOfAbsence(counts).map(([from, to]) => html`<rect class="absent" x="${round(from * step)}" y="0" width="${round((to - from) * step)}" height="${HEIGHT}"><title>${names[from]}${to - from > 1 && ` to ${names[to - 1]}`}: ${absent}</title></rect>`)}${counts.map(
    (count, index) => {
      if (count === null) return false
      // None found, but not everything was seen: a low stripe, between the zero and the unknown.
      const isUnsure = count === 0 && atLeast?.has(index) === true
      const height = isUnsure ? 7 : count === 0 ? 1.5 : Math.max(3, (count / most) * (HEIGHT - 2))
      return html`<rect class="${isUnsure ? 'unsure' : count === 0 ? 'zero' : 'bar'}" x="${round(index * step)}" y="${round(HEIGHT - height)}" width="${round(bar)}" height="${round(height)}"><title>${names[index]}: ${atLeast?.has(index) && 'at least '}${count}</title></rect>`
    }
  )}</svg>`
}

/** [from, to) of snapshots of which nothing is known. */
function runsOfAbsence(counts: readonly (number | null)[]): [number, number][] {
  const runs: [number, number][] = []
  counts.forEach((count, index) => {
    const last = runs.at(-1)
    if (count !== null) return
    if (last && last[1] === index) last[1] = index + 1
    else runs.push([index, index + 1])
  })
  return runs
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
