import { visible } from './cell.ts'

/**
 * A text as it may stand between HTML or SVG tags and in a quoted attribute: whatever a snapshot holds, it shows as text.
 * Control characters, line ends and the marks that reverse the direction of text become visible ones.
 */
export function htmlText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
