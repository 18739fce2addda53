import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import anyTest from 'ava'
import { importedSamples, snap } from '../../../support/cli.ts'
import { closeBrowser, needs, open, inBrowser as test } from './browser.ts'

let file: string

anyTest.before(async (t) => {
  const folder = await importedSamples()
  file = join(folder, 'report.html')
  await snap(folder, ['check', '-s', '2026-11-22'])
  const { status, stdout, stderr } = await snap(folder, ['report', '--html', 'report.html'])
  t.is(status, 0, stderr)
  t.is(stdout, '')
  t.regex(stderr, /^report\.html: 2026-11-23T12-00-00Z compared with 2026-11-22T12-00-00Z, 39 Services, \d+ kB\n$/)
})
anyTest.after.always(closeBrowser)

anyTest('only its owner may read the file', async (t) => {
  t.is((await stat(file)).mode & 0o777, 0o600)
})

test(`opens from a file without a word on the console or to a network${needs}`, async (t) => {
  const { page, complaints } = await open(file)
  await page.waitForTimeout(200)
  t.deepEqual(complaints, [])
  t.is(await page.title(), 'k3s at 2026-11-23 12:00 UTC – snap report')
  t.deepEqual(
    (await page.locator('.tile').allTextContents()).map((text) => text.replace(/of \d+ checks/, 'of all checks')),
    ['40✕ errors33 new', '5! warnings0 new', '2i notes0 new', '5? not seen7 of all checks could not see everything']
  )
  t.is(
    await page.locator('.headline').textContent(),
    'kube-worker2 stands out: 35 of 40 errors are on this one of 3 nodes.'
  )
})

test(`its policy lets nothing else run or load${needs}`, async (t) => {
  const { page, complaints } = await open(file)
  await page.evaluate(() => {
    const script = document.createElement('script')
    script.textContent = 'document.title = "taken over"'
    document.body.append(script)
    const image = document.createElement('img')
    image.src = 'https://example.org/x.png'
    document.body.append(image)
  })
  t.not(await page.title(), 'taken over')
  t.true(complaints.some((text) => /script-src/.test(text)))
  t.true(complaints.some((text) => /img-src|default-src/.test(text)))
})

test(`findings are filtered by severity, check, namespace, node and words${needs}`, async (t) => {
  const { page } = await open(file)
  const filter = page.getByRole('search', { name: 'Filter findings' })
  const shown = () => page.locator('#finding-filter [role=status]').textContent()
  const codes = () => page.locator('#findings section.check:visible .code').allTextContents()
  t.is(await shown(), '47 of 47 entries shown')
  await filter.getByLabel('errors').uncheck()
  await page.waitForFunction(() =>
    document.querySelector('#finding-filter [role=status]')!.textContent!.startsWith('7 ')
  )
  t.deepEqual(await codes(), ['SVC-NO-ENDPOINTS', 'EP-SINGLE', 'EXTERNAL-IP-NODE'])
  await filter.getByRole('button', { name: 'Show all' }).click()
  await filter.getByLabel('Check').selectOption('SEP-STALE')
  await page.waitForFunction(() =>
    document.querySelector('#finding-filter [role=status]')!.textContent!.startsWith('11 ')
  )
  t.deepEqual(await codes(), ['SEP-STALE'])
  await filter.getByRole('button', { name: 'Show all' }).click()
  await filter.getByLabel('Namespace').selectOption('traefik-ns')
  await page.waitForFunction(() =>
    document.querySelector('#finding-filter [role=status]')!.textContent!.startsWith('1 ')
  )
  t.deepEqual(await codes(), ['EP-SINGLE'])
  await filter.getByRole('button', { name: 'Show all' }).click()
  await filter.locator('[name=node]').selectOption('kube-master')
  await page.waitForFunction(() =>
    document.querySelector('#finding-filter [role=status]')!.textContent!.startsWith('2 ')
  )
  t.deepEqual(await codes(), ['SVCLB-CONTAINERS'])
  await filter.getByRole('button', { name: 'Show all' }).click()
  await filter.getByLabel('Search').fill('10.42.1.54:8080')
  await page.waitForFunction(() =>
    document.querySelector('#finding-filter [role=status]')!.textContent!.startsWith('9 ')
  )
  t.deepEqual(await codes(), ['SEP-STALE'])
})

test(`the sample's Traefik: every frontend over its chains to the one pod, on all nodes${needs}`, async (t) => {
  const { page } = await open(file, {}, '#service/traefik-ns/traefik')
  const port = page.locator('section.port').filter({ hasText: 'keycloak' })
  const words = (await port.locator('svg.picture').textContent())!
  for (const part of [
    '141.75.148.138:8087',
    'any node:',
    'KUBE-FW-O2EOQBSIC5NZRIQN',
    'KUBE-SVC-O2EOQBSIC5NZRIQN',
    'kube-worker2',
    '10.42.2.245:8888',
    'traefik-ns/traefik-59cfdc49c7-dmm58',
    'sent to on 3 of 3 nodes'
  ])
    t.true(words.includes(part), part)
  t.is(await port.locator('svg .edge.right').count(), await port.locator('svg .edge').count())
  t.deepEqual(await port.locator('table').last().locator('tbody tr').allTextContents(), [
    '10.42.2.245:8888✓ sent to on 3 of 3 nodesready100%traefik-ns/traefik-59cfdc49c7-dmm58kube-worker2KUBE-SEP-KMVPRKWYUAEHZ75E'
  ])
})

test(`a Service whose rules one node never updated: old endpoints are stale there, new ones missing${needs}`, async (t) => {
  const { page } = await open(file, {}, '#service/demo/web')
  t.is(await page.locator('article.service h3').textContent(), 'demo/web')
  t.is(await page.locator('svg .edge.stale').count(), 8)
  t.is(await page.locator('svg .edge.missing').count(), 8)
  const rows = await page.locator('section.port table').last().locator('tbody tr').allTextContents()
  t.is(rows.filter((row) => row.includes('✕ stale only on kube-worker2')).length, 8)
  t.is(
    rows.filter((row) =>
      row.includes('○ missing only on kube-worker2, sent to on 2 of 3 nodes (kube-master, kube-worker1)')
    ).length,
    8
  )
  t.true(
    rows.some((row) =>
      row.startsWith('10.42.1.54:8080✕ stale only on kube-worker2not listed12.5%demo/web-64f9b9c48-4t54pkube-worker1')
    )
  )
})

test(`Services are searched, filtered and told by the snapshot in which they changed${needs}`, async (t) => {
  const { page } = await open(file)
  const filter = page.getByRole('search', { name: 'Filter Services' })
  const options = async (count: string) => {
    await page.waitForFunction(
      (text) => document.querySelector('#explorer [role=status]')!.textContent!.startsWith(text),
      `${count} of 39`
    )
    return page.locator('[role=option] .option-name').allTextContents()
  }
  await filter.getByLabel('Search').fill('traefik-59cfdc49c7 8087')
  t.deepEqual(await options('1'), ['traefik'])
  await filter.getByRole('button', { name: 'Show all' }).click()
  await filter.getByLabel('State').selectOption('wrong')
  t.deepEqual(await options('10'), [
    'extip',
    'lb-hostname',
    'lb-pending',
    'lb-ranges',
    'lb-static',
    'local-lb-spread',
    'sctp',
    'sctp-np',
    'unnamed',
    'web'
  ])
  await page.evaluate(() => {
    location.hash = '#changed/2026-11-23T12-00-00Z'
  })
  t.true((await options('10')).includes('web'))
})

test(`everything is reached by the keyboard alone${needs}`, async (t) => {
  const { page } = await open(file)
  const focused = () =>
    page.evaluate(() => {
      const element = document.activeElement!
      return {
        what:
          element.id ||
          element.getAttribute('aria-label') ||
          (element as HTMLInputElement).name ||
          element.textContent!.trim().slice(0, 30),
        outline: getComputedStyle(element).outlineWidth
      }
    })
  await page.keyboard.press('Tab')
  t.deepEqual(await focused(), { what: 'Skip to the report', outline: '3px' })
  await page.keyboard.press('Enter')
  t.is((await focused()).what, 'main')
  await page.keyboard.press('/')
  t.is(
    await page.evaluate(() => document.activeElement!.closest('form')!.getAttribute('aria-label')),
    'Filter Services'
  )
  await page.keyboard.type('web')
  for (let press = 0; press < 8 && (await focused()).what !== 'Services'; press++) await page.keyboard.press('Tab')
  t.deepEqual(await focused(), { what: 'Services', outline: '3px' })
  await page.keyboard.press('Home')
  const first = await page.locator('article.service h3').textContent()
  await page.keyboard.press('ArrowDown')
  t.not(await page.locator('article.service h3').textContent(), first)
  const chosen = page.getByRole('listbox', { name: 'Services' }).getByRole('option', { selected: true })
  t.is(await chosen.count(), 1)
  t.is(
    await page.getByRole('listbox', { name: 'Services' }).getAttribute('aria-activedescendant'),
    await chosen.getAttribute('id')
  )
  await page.keyboard.press('Tab')
  t.is((await focused()).what, 'Show them')
  await page.keyboard.press('Enter')
  t.is((await focused()).what, 'text')
  t.is(
    await page.evaluate(() => document.activeElement!.closest('form')!.getAttribute('aria-label')),
    'Filter findings'
  )
})

test(`parts have names and roles${needs}`, async (t) => {
  const { page } = await open(file)
  for (const role of ['banner', 'main', 'contentinfo'] as const) t.is(await page.getByRole(role).count(), 1, role)
  for (const name of ['Overview', 'Findings', 'Checks by node', 'Services', /^Changes/, 'Timeline', 'Not seen'])
    t.is(await page.getByRole('region', { name, exact: true }).first().count(), 1, String(name))
  t.deepEqual(
    await page.evaluate(
      () =>
        [...document.querySelectorAll('input, select, button')].filter(
          (field) => !(field as HTMLInputElement).labels?.length && !field.textContent!.trim()
        ).length
    ),
    0
  )
  const ids = await page.evaluate(() => [...document.querySelectorAll('[id]')].map(({ id }) => id))
  t.is(new Set(ids).size, ids.length)
})

test(`without its script every finding, check, change and time stands there${needs}`, async (t) => {
  const { page } = await open(file, { javaScriptEnabled: false })
  t.is(await page.locator('#findings article.finding:visible').count(), 16)
  t.true(await page.getByText('need JavaScript').isVisible())
  t.true(await page.locator('#timeline svg.strip').first().isVisible())
  t.true(await page.locator('.matrix').isVisible())
  t.false(await page.getByText('Reading 39 Services').isVisible())
})

test(`fits a telephone, and a screen at 200%${needs}`, async (t) => {
  for (const viewport of [
    { width: 360, height: 740 },
    { width: 640, height: 450 }
  ]) {
    const { page } = await open(file, { viewport }, '#service/demo/web')
    t.true(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), String(viewport.width))
    t.is(
      await page.evaluate(
        () =>
          [...document.querySelectorAll('body *')].filter(
            (element) =>
              !element.parentElement!.closest('.scroll, nav ul, .list') &&
              element.getBoundingClientRect().right > window.innerWidth + 1
          ).length
      ),
      0
    )
  }
})

test(`on paper all findings stand with their evidence, and nothing to press${needs}`, async (t) => {
  const { page } = await open(file)
  await page.emulateMedia({ media: 'print' })
  await page.evaluate(() => window.dispatchEvent(new Event('beforeprint')))
  t.is(await page.locator('#findings article.finding:visible').count(), 16)
  t.is(
    await page.locator('#findings details table:visible').count(),
    await page.locator('#findings details table').count()
  )
  t.is(await page.locator('form:visible, nav:visible').count(), 0)
  await page.evaluate(() => window.dispatchEvent(new Event('afterprint')))
  t.is(await page.locator('details[open]').count(), 0)
  t.true((await page.pdf()).length > 50_000)
})
