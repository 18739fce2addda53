import type { Box } from './graph.ts'

/** The graph in Graphviz's language, lines to the left. */
export function dot(root: Box): string {
  const lines = [
    'digraph trace {',
    '  node [shape=box, fontname="monospace", fontsize=10]',
    '  edge [fontname="monospace", fontsize=10]'
  ]
  let count = 0
  const draw = (box: Box): string => {
    const id = `n${count++}`
    lines.push(
      `  ${id} [label="${box.lines.map((line) => `${escaped(line)}\\l`).join('')}"${box.kind === 'end' ? ', style=rounded' : ''}]`
    )
    for (const next of box.next) {
      const to = draw(next)
      lines.push(`  ${id} -> ${to}${next.edge === '' ? '' : ` [label="${escaped(next.edge)}"]`}`)
    }
    return id
  }
  draw(root)
  return `${lines.join('\n')}\n}\n`
}

function escaped(text: string): string {
  return text.replace(/[\\"]/g, '\\$&')
}
