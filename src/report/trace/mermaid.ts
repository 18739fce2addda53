import type { Box } from './graph.ts'

/** A Mermaid flowchart. What Mermaid or HTML would act on is written as an entity. */
export function mermaid(root: Box): string {
  const lines = ['flowchart TD']
  let count = 0
  const draw = (box: Box): string => {
    const id = `n${count++}`
    const [open, close] = box.kind === 'end' ? ['(["', '"])'] : ['["', '"]']
    lines.push(`  ${id}${open}${box.lines.map(escaped).join('<br/>')}${close}`)
    for (const next of box.next) {
      const label = next.edge === '' ? '' : `|"${escaped(next.edge)}"|`
      lines.push(`  ${id} -->${label} ${draw(next)}`)
    }
    return id
  }
  draw(root)
  return `${lines.join('\n')}\n`
}

function escaped(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:;/()+=→…-]/gu, (character) => `#${character.codePointAt(0)};`)
}
