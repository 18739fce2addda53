import type { PageData } from '../page-data.ts'

/** Throws: Error where the browser cannot unpack it. */
export async function readData(): Promise<PageData> {
  if (typeof DecompressionStream === 'undefined')
    throw new Error('this browser is too old to unpack them (it has no DecompressionStream)')
  const text = atob(document.getElementById('data')!.textContent ?? '')
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0))
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  return JSON.parse(await new Response(unpacked).text()) as PageData
}
