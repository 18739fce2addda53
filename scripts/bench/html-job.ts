import { readFileSync, writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'
import { loadChecks } from '../../src/ask/check/catalogue.ts'
import { readReport } from '../../src/ask/report/report.ts'
import { snapshotsByTime } from '../../src/ask/report/snapshots.ts'
import { reportDocument } from '../../src/report/html/document.ts'
import { openStoreForReading } from '../../src/store/open.ts'

const asset = (name: string) => readFileSync(`dist/page/${name}`, 'utf8').trim()

/** The page of the store's last snapshot. */
export function makePage(store: string, file: string): void {
  const database = openStoreForReading(store)
  const report = readReport(database, snapshotsByTime(database).at(-1)!.name, undefined, loadChecks([]))
  database.close()
  writeFileSync(file, reportDocument(report, { script: asset('page.js'), style: asset('style.css') }))
}

/** Seconds from the start of loading until the page's script has done all it does at the start. */
export async function openPage(file: string): Promise<number> {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
  const page = await browser.newPage()
  await page.goto(`file://${file}`)
  await page.waitForSelector('html.ready', { state: 'attached' })
  const milliseconds = (await page.evaluate('performance.getEntriesByName("ready")[0].startTime')) as number
  await browser.close()
  return milliseconds / 1000
}
