import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import anyTest from 'ava'
import { reportDocument } from '../../../../src/report/html/document.ts'
import { root } from '../../../support/cli.ts'
import { closeBrowser, needs, open, reportOfChanged, temporaryPage, inBrowser as test } from './browser.ts'

anyTest.after.always(closeBrowser)

const NAME = '</script><img src=x onerror="document.title=\'owned\'"><svg onload=alert(1)>\u2028\u202e\u0007'
const assets = {
  script: readFileSync(join(root, 'dist/page/page.js'), 'utf8').trim(),
  style: readFileSync(join(root, 'dist/page/style.css'), 'utf8').trim()
}

/** `noep` has no endpoint, so that a check names it; a line that is no rule is shown as what import did not understand. */
function hostile(kind: string, node: string | undefined, text: string): string {
  const name = Buffer.from(NAME, 'utf8').toString('latin1')
  if (kind === 'services') return text.replaceAll('"noep"', JSON.stringify(name))
  if (kind !== 'iptables-save' || node !== 'kube-master') return text
  return text
    .replace(/--comment "traefik-ns\/traefik:keycloak/g, '--comment "</script><b onclick=alert(1)>')
    .replace(/^\S+ -A POSTROUTING/m, '[0:0] -A POSTROUTING --no-such-option "</style><script>alert(1)</script>"\n$&')
}

test(`names and comments that would be markup are text${needs}`, async (t) => {
  const report = await reportOfChanged(hostile)
  t.true(report.services.some(({ service }) => service === NAME))
  const file = await temporaryPage()
  writeFileSync(file, reportDocument(report, assets))
  const { page, complaints } = await open(file)
  t.deepEqual(complaints, [])
  t.true((await page.title()).startsWith('k3s at '))
  t.is(await page.locator('img, b[onclick], svg[onload], main script').count(), 0)
  const visible = '</script><img src=x onerror="document.title=\'owned\'"><svg onload=alert(1)>\\u2028\\u202e\\x07'
  t.true((await page.locator('#findings').textContent())!.includes(visible))
  t.true((await page.locator('#unseen').textContent())!.includes('</style><script>alert(1)</script>'))
  await page.getByRole('search', { name: 'Filter Services' }).getByLabel('Search').fill('onerror')
  await page.waitForFunction(() => document.querySelector('#explorer [role=status]')!.textContent!.startsWith('1 of'))
  await page.locator('[role=option]').click()
  t.is(await page.locator('article.service h3').textContent(), `demo/${visible}`)
  await page.reload()
  await page.waitForSelector('html.ready', { state: 'attached' })
  t.is(await page.locator('article.service h3').textContent(), `demo/${visible}`)
  t.deepEqual(complaints, [])
})

test(`one node with a stale endpoint: that way is marked, and only on that node${needs}`, async (t) => {
  const report = await reportOfChanged((kind, node, text) =>
    kind === 'iptables-save' && node === 'kube-worker1' ? text.replaceAll('10.42.2.245:8888', '10.42.9.9:8888') : text
  )
  const file = await temporaryPage()
  writeFileSync(file, reportDocument(report, assets))
  const { page } = await open(file, {}, '#service/traefik-ns/traefik')
  const port = page.locator('section.port').filter({ hasText: 'keycloak' })
  t.is(await port.locator('svg .edge.stale').count(), 1)
  t.is(await port.locator('svg .edge.missing').count(), 1)
  t.deepEqual(await port.locator('table').last().locator('tbody tr').allTextContents(), [
    '10.42.2.245:8888○ missing only on kube-worker1, sent to on 2 of 3 nodes (kube-master, kube-worker2)ready100%traefik-ns/traefik-59cfdc49c7-dmm58kube-worker2KUBE-SEP-KMVPRKWYUAEHZ75E',
    '10.42.9.9:8888✕ stale only on kube-worker1not listed100%??'
  ])
  t.is(await page.locator('section.port').filter({ hasText: 'websecure' }).locator('svg .edge.stale').count(), 0)
})

anyTest('what the snapshot lacks is not called clean, stale or missing', async (t) => {
  const report = await reportOfChanged((kind, _node, text) => (kind.startsWith('endpoint') ? 'no JSON' : text))
  t.not(report.gaps.endpoints.length, 0)
  const page = reportDocument(report, assets)
  t.regex(page, /Not all endpoints were seen: .*Nothing is called stale or missing\./)
  t.regex(page, /<dt>endpoints<\/dt><dd><b>\?<\/b>/)
})

anyTest('where nothing was read, there are not 0 errors but no one knows how many', async (t) => {
  const page = reportDocument(await reportOfChanged(() => 'nothing of what was asked for'), assets)
  const [errors, , notes] = [...page.matchAll(/class="tile ([a-z]+)"[^>]*><span class="number">([^<]*)</g)].map(
    ([, style, number]) => `${style} ${number}`
  )
  t.deepEqual([errors, notes], ['unseen ?', 'unseen ?'])
})
