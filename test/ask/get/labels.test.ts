import test from 'ava'
import { readSelector } from '../../../src/ask/get/labels.ts'

const LABELS = { app: 'web', tier: 'frontend', 'app.kubernetes.io/name': 'web', empty: '' }

const CASES: [selector: string, matches: boolean][] = [
  ['app=web', true],
  ['app==web', true],
  ['app = web', true],
  ['app=db', false],
  ['app!=db', true],
  ['app!=web', false],
  ['none!=x', true],
  ['app', true],
  ['none', false],
  ['!none', true],
  ['! app', false],
  ['empty=', true],
  ['app=', false],
  ['app in (web, db)', true],
  ['app in (db)', false],
  ['app notin (web)', false],
  ['none notin (web)', true],
  ['none in (web)', false],
  ['app=web,tier=frontend', true],
  ['app=web,tier!=frontend', false],
  ['app in (web,db),!none,tier', true],
  ['app.kubernetes.io/name=web', true],
  // No label that an object inherits from JavaScript.
  ['constructor', false]
]

for (const [selector, matches] of CASES) test(`-l '${selector}'`, (t) => t.is(readSelector(selector)(LABELS), matches))

for (const wrong of ['', 'app=web,', 'app in web', 'a b', '=web', 'app=(x)']) {
  test(`no selector: '${wrong}'`, (t) =>
    t.throws(() => readSelector(wrong), {
      message: new RegExp(`^get: "${wrong.replace(/[()]/g, '\\$&')}" is no label selector`)
    }))
}
