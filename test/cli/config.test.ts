import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import * as v from 'valibot'
import { readConfig } from '../../src/cli/config/read.ts'
import { configSchema } from '../../src/cli/config/schema.ts'
import { readSettings } from '../../src/cli/config/settings.ts'
import { root, snap, temporaryFolder } from '../support/cli.ts'
import { configJsonSchema } from '../support/config-schema.ts'

test('the JSON Schema that is shipped is the one that is checked with', (t) => {
  t.is(
    readFileSync(join(root, 'schema/snap.schema.json'), 'utf8'),
    configJsonSchema(),
    'npm run generate writes it again'
  )
})

test('the example in the docs is right', async (t) => {
  const [, example] = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/collect.md'), 'utf8'))!
  const file = join(await temporaryFolder(), 'snap.yaml')
  await writeFile(file, example!)
  t.notThrows(() => readConfig(file))
})

test('every setting of collect is an option of it, with the same choices', async (t) => {
  const { stdout } = await snap(await temporaryFolder(), ['collect', '--help'])
  const help = stdout.replace(/\s+/g, ' ')
  const { entries } = configSchema.entries.collect.wrapped
  for (const [name, { wrapped }] of Object.entries(entries)) {
    t.true(help.includes(`--${name} `), name)
    const picklist = (wrapped as unknown as { pipe?: { options?: readonly string[] }[] }).pipe?.[0]?.options
    if (picklist !== undefined)
      t.true(help.includes(`[choices: ${picklist.map((each) => `"${each}"`).join(', ')}]`), `${name}: ${picklist}`)
  }
  const options = [...stdout.matchAll(/^ +(?:-\w, )?--([a-z-]+)/gm)].map(([, name]) => name!)
  const elsewhere = [
    'store',
    'archive',
    'config',
    'color',
    'debug',
    'version',
    'help',
    'verbose',
    'fail-on',
    'suppress',
    'checks'
  ]
  t.deepEqual(
    options.filter((name) => !(name in entries) && !elsewhere.includes(name)),
    []
  )
})

const wrong: [title: string, text: string, said: string][] = [
  [
    'an unknown setting',
    'store: a.db\ncollect:\n  transprot: ssh\n',
    ':3: no setting collect.transprot; did you mean transport?'
  ],
  ['an unknown section', '\n\ncolect: {}\n', ':3: no setting colect; did you mean collect?'],
  [
    'a choice there is not',
    'collect:\n  pods: many\n',
    ':2: collect.pods is "none", "svclb", "traefik", "backends", "all", not "many"'
  ],
  ['a text for a number', 'collect:\n  retries: 2\n  timeout: soon\n', ':3: collect.timeout is a number, not "soon"'],
  ['a number that is too small', 'collect:\n  timeout: 0\n', ':2: collect.timeout is less than 1'],
  ['half a number', 'collect:\n  timeout: 1.5\n', ':2: collect.timeout is no whole number'],
  ['a list for a group', 'collect: [a]\n', ':1: collect is a group of settings, not a list'],
  ['no list of settings', '- a\n', ':1: is no list of settings'],
  ['a setting twice', 'store: a\nstore: b\n', ':2: Map keys must be unique'],
  ['no YAML', 'store: "a\n', ':2: Missing closing "quote']
]
for (const [title, text, said] of wrong) {
  test(`${title} is an error that names the line`, async (t) => {
    const file = join(await temporaryFolder(), 'snap.yaml')
    await writeFile(file, text)
    t.is(
      t.throws(() => readConfig(file), { name: 'UserError' }).message.slice(file.length, file.length + said.length),
      said
    )
  })
}

test('flags over environment over file over defaults', async (t) => {
  const folder = await temporaryFolder()
  await writeFile(
    join(folder, 'other.yaml'),
    'store: file.db\ncollect:\n  timeout: 7\n  ssh-sudo: true\n  command: [tsh, ssh]\n'
  )
  const file = join(folder, 'other.yaml')
  const options = ['store', 'archive', 'timeout', 'ssh-sudo', 'conntrack', 'command', 'debug']
  const of = async (argv: readonly string[], env: NodeJS.ProcessEnv) =>
    (await readSettings(argv, env))('collect', options, ['ssh-sudo', 'conntrack', 'debug'])
  t.deepEqual(await of([], {}), {})
  t.deepEqual(await of(['--config', file], {}), {
    store: 'file.db',
    timeout: '7',
    'ssh-sudo': true,
    command: ['tsh', 'ssh']
  })
  t.deepEqual(
    await of([`--config=${file}`], {
      SNAP_TIMEOUT: '9',
      SNAP_CONNTRACK: 'true',
      SNAP_SSH_SUDO: '0',
      SNAP_STORE: 'env.db',
      SNAP_DEBUG: '1'
    }),
    { store: 'env.db', timeout: '9', 'ssh-sudo': false, conntrack: true, command: ['tsh', 'ssh'] }
  )
  t.deepEqual((await readSettings([], { SNAP_CONFIG: file }))('check', ['store', 'timeout'], []), { store: 'file.db' })
  t.deepEqual(
    (await readSettings([], { SNAP_TIMEOUT: '9', SNAP_ARCHIVE: 'a' }))('import', ['timeout', 'archive'], []),
    { archive: 'a' }
  )
  await t.throwsAsync(of([], { SNAP_CONNTRACK: 'perhaps' }), {
    message: 'SNAP_CONNTRACK is true or false, not "perhaps"'
  })
  await t.throwsAsync(of(['--config', 'nowhere.yaml'], {}), { message: /^nowhere\.yaml: there is no such file/ })
  t.notThrows(() => v.parse(configSchema, {}))
})

test('snap.yaml in the current folder is read, by other commands too', async (t) => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'elsewhere'))
  await writeFile(
    join(folder, 'snap.yaml'),
    `archive: ${join(root, 'snapshots')}\nstore: elsewhere/it.db\ncheck:\n  fail-on: none\n`
  )
  t.is((await snap(folder, ['import'])).status, 0)
  t.regex((await snap(folder, ['list'])).stdout, /2026-11-22T12-00-00Z/)
  t.is((await snap(folder, ['check'])).status, 0)
  t.is((await snap(folder, ['check', '--fail-on', 'warn'])).status, 1)
  t.is((await snap(folder, ['list'], { SNAP_STORE: 'not-there.db' })).status, 2)
  await writeFile(join(folder, 'snap.yaml'), 'storre: x\n')
  const { status, stderr } = await snap(folder, ['list'])
  t.is(status, 2)
  t.is(stderr, 'snap: snap.yaml:1: no setting storre; did you mean store?\n')
})

test('settings that refer to others, and what is no file of settings, are told with their line', async (t) => {
  const folder = await temporaryFolder()
  for (const text of [
    'store: *a',
    'a: &a [*a]',
    'archive: &x y\nstore: *x',
    'collect: *x',
    '? *a\n: b',
    'a: &a {b: *a}',
    '{a: '.repeat(5000)
  ]) {
    await writeFile(join(folder, 'odd.yaml'), text)
    const { status, stderr } = await snap(folder, ['list', '--config', 'odd.yaml'])
    t.is(status, 2, stderr)
    t.regex(stderr, /^snap: odd\.yaml:\d+: .*\n$/, text.slice(0, 40))
  }
  const { status, stderr } = await snap(folder, ['list', '--config', '.'])
  t.is(status, 2)
  t.regex(stderr, /^snap: \.: cannot be read/)
})
