import test from 'ava'
import { age } from '../../../src/kinds/column/age.ts'

const [S, M, H, D] = [1, 60, 3600, 86400] as const

/** As k8s.io/apimachinery's own tests of HumanDuration have them, and the edges between. */
const CASES: [seconds: number, text: string][] = [
  [0, '0s'],
  [S, '1s'],
  [70, '70s'],
  [119, '119s'],
  [190, '3m10s'],
  [180, '3m'],
  [10 * M, '10m'],
  [47 * M, '47m'],
  [179 * M, '179m'],
  [3 * H, '3h'],
  [3 * H + 20 * M, '3h20m'],
  [8 * H + 20 * M, '8h'],
  [26 * H, '26h'],
  [47 * H, '47h'],
  [2 * D + 17 * H, '2d17h'],
  [6 * D + 23 * H, '6d23h'],
  [7 * D, '7d'],
  [8 * D, '8d'],
  [400 * D, '400d'],
  [2 * 365 * D, '2y'],
  [3 * 365 * D + 12 * D, '3y12d'],
  [9 * 365 * D + 300 * D, '9y'],
  [-0.5, '0s'],
  [-5, '<invalid>']
]

for (const [seconds, text] of CASES) {
  test(`${seconds} s`, (t) =>
    t.is(age('2026-11-22T00:00:00Z', new Date(Date.UTC(2026, 10, 22) + seconds * 1000).toISOString()), text))
}
