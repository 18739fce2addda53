import { join } from 'node:path'
import anyTest from 'ava'
import { importedSamples, snap } from '../../../support/cli.ts'
import { closeBrowser, needs, open, inBrowser as test } from './browser.ts'

let file: string

anyTest.before(async () => {
  const folder = await importedSamples()
  await snap(folder, ['report', '--html', 'report.html'])
  file = join(folder, 'report.html')
})
anyTest.after.always(closeBrowser)

/** Runs in the page: texts whose contrast with what lies behind them is below 4.5 (WCAG 2.1, 1.4.3 AA). */
function faintTexts(): string[] {
  const numbers = (colour: string) => (colour.match(/[\d.]+/g) ?? []).map(Number)
  const luminance = ([r = 0, g = 0, b = 0]: number[]) => {
    const [x, y, z] = [r, g, b].map((part) =>
      part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4
    )
    return 0.2126 * x! + 0.7152 * y! + 0.0722 * z!
  }
  const behind = (element: Element): number[] => {
    if (element instanceof SVGElement && element.closest('svg.picture')) {
      // Of a picture's text: the box drawn before it in its group, else the paper.
      const box = element.closest('g')?.querySelector('rect.pod, rect.box, rect.node')
      if (box) return numbers(getComputedStyle(box).fill)
    }
    for (let at: Element | null = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor)
      if (colour.length === 3 || (colour[3] ?? 0) === 1) return colour
    }
    return [255, 255, 255]
  }
  const texts = [...document.querySelectorAll('body *')]
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim() !== ''))
    .filter((element) => !element.matches('script, style, noscript, title, option') && !element.closest('.hidden'))
  return [
    ...new Set(
      texts.flatMap((element) => {
        const style = getComputedStyle(element)
        const [a, b] = [
          luminance(numbers(element instanceof SVGElement ? style.fill : style.color)),
          luminance(behind(element))
        ]
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
        return contrast < 4.5
          ? [`${element.tagName}.${element.getAttribute('class') ?? ''} ${contrast.toFixed(2)}`]
          : []
      })
    )
  ]
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`every text stands out in ${colorScheme} colours${needs}`, async (t) => {
    const { page } = await open(file, { colorScheme }, '#service/demo/web')
    t.deepEqual(await page.evaluate(faintTexts), [])
  })
}

test(`colours follow the system, or the switch${needs}`, async (t) => {
  const { page } = await open(file, { colorScheme: 'dark' })
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await paper()
  await page.getByLabel('Colours').selectOption('light')
  const light = await paper()
  t.is(light, 'rgb(255, 255, 255)')
  await page.emulateMedia({ colorScheme: 'light' })
  await page.getByLabel('Colours').selectOption('auto')
  t.is(await paper(), light)
  await page.getByLabel('Colours').selectOption('dark')
  t.is(await paper(), dark)
})

test(`text is told from text without its colour${needs}`, async (t) => {
  const { page } = await open(file, {}, '#service/demo/web')
  const signs = await page.evaluate(
    () =>
      [...document.querySelectorAll('.severity, .cell, .picture .state')].filter(
        (mark) => !/[a-z✓✕○?!·–i\d]/.test(mark.textContent!)
      ).length
  )
  t.is(signs, 0)
})
