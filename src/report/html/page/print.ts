import { all } from './elements.ts'

/** On paper nothing can be opened: all evidence is shown, and closed again afterwards. */
export function openForPrint(): void {
  let closed: HTMLDetailsElement[] = []
  window.addEventListener('beforeprint', () => {
    closed = all<HTMLDetailsElement>('details:not([open])')
    for (const details of closed) details.open = true
  })
  window.addEventListener('afterprint', () => {
    for (const details of closed) details.open = false
  })
}
