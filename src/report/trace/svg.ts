import { words } from '../../words.ts'
import { htmlText } from '../format/html-text.ts'
import type { Box } from './graph.ts'

const CHARACTER = 6.6
const LINE = 15
const PADDING = 8
const GAP = 14
/** Between one column of boxes and the next: room for the arrow and its label. */
const CHANNEL = 40

interface Placed {
  readonly box: Box
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
  readonly next: readonly Placed[]
}

const COLOURS: Readonly<Record<string, string>> = words({
  delivered: '#dff0d8',
  accepted: '#e8f4e4',
  dropped: '#f6d5d5',
  rejected: '#f6d5d5',
  unknown: '#fff3cd'
})

/** The graph drawn from left to right; fonts are the viewer's own. */
export function svg(root: Box): string {
  const placed = place(root, PADDING, PADDING)
  const all = flatten(placed)
  const width = Math.max(...all.map((each) => each.x + each.width)) + PADDING
  const height = Math.max(...all.map((each) => each.y + each.height)) + PADDING
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${round(width)}" height="${round(height)}" font-family="monospace" font-size="11">`,
    '<rect width="100%" height="100%" fill="white"/>',
    ...all.flatMap((each) => [...each.next.flatMap((next) => arrow(each, next)), ...drawn(each)]),
    '</svg>\n'
  ].join('\n')
}

/** Boxes of one parent stand below each other; the parent in the middle of them. */
function place(box: Box, x: number, top: number): Placed {
  const width = Math.max(...box.lines.map((line) => line.length), 1) * CHARACTER + 2 * PADDING
  const height = box.lines.length * LINE + PADDING
  const channel = CHANNEL + Math.max(0, ...box.next.map(({ edge }) => edge.length)) * CHARACTER
  const next: Placed[] = []
  let below = top
  for (const each of box.next) {
    const placed = place(each, x + width + channel, below)
    next.push(placed)
    below = bottom(placed) + GAP
  }
  const span = Math.max(below - GAP - top, height)
  return { box, x, y: top + (span - height) / 2, width, height, next }
}

function bottom(placed: Placed): number {
  return Math.max(placed.y + placed.height, ...placed.next.map(bottom))
}

function flatten(placed: Placed): Placed[] {
  return [placed, ...placed.next.flatMap(flatten)]
}

function drawn({ box, x, y, width, height }: Placed): string[] {
  const fill =
    box.kind === 'end' ? (COLOURS[box.verdict ?? ''] ?? 'white') : box.kind === 'asked' ? '#dbe9f6' : '#f7f7f7'
  return [
    `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="4" fill="${fill}" stroke="#555"/>`,
    ...box.lines.map(
      (line, index) =>
        `<text x="${round(x + PADDING)}" y="${round(y + PADDING + LINE * (index + 0.6))}" xml:space="preserve">${htmlText(line)}</text>`
    )
  ]
}

function arrow(from: Placed, to: Placed): string[] {
  const [x1, y1, x2, y2] = [from.x + from.width, from.y + from.height / 2, to.x, to.y + to.height / 2]
  const bend = x1 + CHANNEL / 2
  return [
    `<path d="M${round(x1)} ${round(y1)}H${round(bend)}V${round(y2)}H${round(x2)}m-5 -3l5 3l-5 3" fill="none" stroke="#555"/>`,
    ...(to.box.edge === '' ? [] : [`<text x="${round(bend + 4)}" y="${round(y2 - 4)}">${htmlText(to.box.edge)}</text>`])
  ]
}

function round(value: number): string {
  return String(Math.round(value * 10) / 10)
}
