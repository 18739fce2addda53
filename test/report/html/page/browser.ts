import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import anyTest, { type TestFn } from 'ava'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { openSnapshot } from '../../../../src/archive/open.ts'
import { loadChecks } from '../../../../src/ask/check/catalogue.ts'
import { type Report, readReport } from '../../../../src/ask/report/report.ts'
import { importSnapshot } from '../../../../src/store/import/import-snapshot.ts'
import { openStore } from '../../../../src/store/open.ts'
import { root } from '../../../support/cli.ts'

const PROGRAM = process.env.SNAP_CHROMIUM ?? '/usr/bin/chromium'
const canBrowse = existsSync(PROGRAM)

/** Tests in a real browser, and why they are skipped where there is none. */
export const inBrowser = (canBrowse ? anyTest : anyTest.skip) as TestFn
export const needs = canBrowse ? '' : ` (skipped: no ${PROGRAM})`

let browser: Promise<Browser> | undefined

export async function closeBrowser(): Promise<void> {
  await (await browser)?.close()
}

export interface Opened {
  readonly page: Page
  /** What the page said, failed at or asked of a network. */
  readonly complaints: readonly string[]
}

/** Opens a file as a person would; `hash` with its #. */
export async function open(file: string, options: BrowserContextOptions = {}, hash = ''): Promise<Opened> {
  browser ??= chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] })
  const context = await (await browser).newContext({
    viewport: { width: 1280, height: 900 },
    reducedMotion: 'reduce',
    ...options
  })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => complaints.push(`console ${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(`request: ${request.url()}`)
  })
  await page.goto(`file://${file}${hash}`)
  if (options.javaScriptEnabled !== false) await page.waitForSelector('html.ready', { state: 'attached' })
  return { page, complaints }
}

export function temporaryPage(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'snap-page-')).then((folder) => join(folder, 'report.html'))
}

/** The report on the second sample, of which `change` has rewritten what was collected. */
export async function reportOfChanged(
  change: (kind: string, node: string | undefined, text: string) => string
): Promise<Report> {
  const store = openStore(':memory:')
  const snapshot = await openSnapshot(join(root, 'snapshots/2026-11-23T12-00-00Z'))
  const read = async (item: Parameters<typeof snapshot.read>[0]) =>
    Buffer.from(change(item.kind, item.node, (await snapshot.read(item)).toString('latin1')), 'latin1')
  await importSnapshot(
    store,
    { ...snapshot, manifest: snapshot.manifest, name: snapshot.name, path: snapshot.path, read },
    new Date(0)
  )
  return readReport(store, snapshot.name, undefined, loadChecks([]))
}
