import { readFileSync } from 'node:fs'
import { loadChecks } from '../../../ask/check/catalogue.ts'
import { readReport } from '../../../ask/report/report.ts'
import { packageFolder } from '../../../package-folder.ts'
import { type Assets, reportDocument } from '../../../report/html/document.ts'
import { checkedSnapshot } from '../../../store/check-runs.ts'
import { requireWritable, writeWhole } from '../../../whole-file.ts'
import { asking, findSnapshot } from '../../store/asking.ts'
import { keepRuns } from '../../store/keeping-runs.ts'
import { talk } from '../../terminal/print.ts'

/** Writes the page and says so. Throws: UserError for a file that cannot be written. */
export async function writeHtmlReport(args: {
  store: string
  html: string
  snapshot: string
  since?: string
}): Promise<void> {
  requireWritable(args.html)
  const { report, of } = await asking(args.store, async (store) => {
    const { name } = await findSnapshot(store, args.snapshot)
    const since = args.since === undefined ? undefined : (await findSnapshot(store, args.since)).name
    return { report: readReport(store, name, since, loadChecks([])), of: checkedSnapshot(store, name) }
  })
  keepRuns(args.store, of, report.results)
  const bytes = Buffer.from(reportDocument(report, assets()))
  writeWhole(args.html, bytes, 0o600)
  talk(
    `${args.html}: ${report.snapshot.name}${report.before ? ` compared with ${report.before.name}` : ''}, ${report.services.length} Services, ${size(bytes.length)}`
  )
}

function assets(): Assets {
  const read = (name: string) => readFileSync(packageFolder('dist', 'page', name), 'utf8').trim()
  return { script: read('page.js'), style: read('style.css') }
}

function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}
