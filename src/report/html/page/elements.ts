import type { Markup } from '../markup.ts'

/** Only markup that `html` made is ever parsed. */
export function setMarkup(element: Element, { text }: Markup): void {
  element.innerHTML = text
}

export function all<E extends HTMLElement>(selector: string, within: ParentNode = document): E[] {
  return [...within.querySelectorAll<E>(selector)]
}

/** After the last of several calls that follow each other closely. */
export function settled(run: () => void, wait = 80): () => void {
  let timer = 0
  return () => {
    clearTimeout(timer)
    timer = window.setTimeout(run, wait)
  }
}
