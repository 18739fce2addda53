import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { writeCsvFolder } from '../../../src/report/csv/write.ts'

function folder(t: { teardown(clean: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'snap-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  return path
}

const stream = (rows: Iterable<unknown[]>) => ({ name: 'services', columns: ['service', 'note'], rows })

test('one file a table, guarded against formulas, for its owner only', (t) => {
  const path = join(folder(t), 'new')
  const written = writeCsvFolder(path, [
    stream([
      ['web', '=1+1'],
      ['db', null]
    ]),
    { name: 'pods', columns: ['pod'], rows: [] }
  ])
  t.deepEqual(written, [
    { file: join(path, 'services.csv'), rows: 2 },
    { file: join(path, 'pods.csv'), rows: 0 }
  ])
  t.is(readFileSync(join(path, 'services.csv'), 'utf8'), "service,note\nweb,'=1+1\ndb,?\n")
  t.is(readFileSync(join(path, 'pods.csv'), 'utf8'), 'pod\n')
  t.is(statSync(join(path, 'services.csv')).mode & 0o777, 0o600)
  t.is(statSync(path).mode & 0o777, 0o700)
})

test('rows are taken one by one, and all of them are written', (t) => {
  const path = folder(t)
  function* rows(): Iterable<unknown[]> {
    for (let index = 0; index < 2500; index++) yield [`s${index}`, index]
  }
  t.is(writeCsvFolder(path, [stream(rows())])[0]!.rows, 2500)
  t.is(
    readFileSync(join(path, 'services.csv'), 'utf8'),
    ['service,note', ...[...rows()].map((row) => row.join(',')), ''].join('\n')
  )
})

test('a folder with other files is left alone', (t) => {
  const path = folder(t)
  writeFileSync(join(path, 'thesis.txt'), 'x')
  t.throws(() => writeCsvFolder(path, [stream([])]), {
    message: `${path}: holds other files (thesis.txt); name a new or empty folder`
  })
  t.deepEqual(readdirSync(path), ['thesis.txt'])
})

test('an earlier report is replaced; a link is not followed', (t) => {
  const path = folder(t)
  const elsewhere = join(folder(t), 'precious')
  writeFileSync(elsewhere, 'precious')
  symlinkSync(elsewhere, join(path, 'services.csv'))
  writeCsvFolder(path, [stream([['web', '']])])
  t.is(readFileSync(elsewhere, 'utf8'), 'precious')
  chmodSync(join(path, 'services.csv'), 0o644)
  writeCsvFolder(path, [stream([['db', '']])])
  t.is(readFileSync(join(path, 'services.csv'), 'utf8'), 'service,note\ndb,\n')
  t.is(statSync(join(path, 'services.csv')).mode & 0o777, 0o600)
})

test('a file where the folder should be is an error of the user', (t) => {
  const file = join(folder(t), 'file')
  writeFileSync(file, '')
  t.throws(() => writeCsvFolder(file, [stream([])]), { message: /file: cannot be used as the report's folder: / })
})
