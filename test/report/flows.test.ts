import test from 'ava'
import { forPeople } from '../../src/report/flows.ts'

const ten = Array.from({ length: 10 }, (_, index) => `10.42.0.${index}:80`).join(' ')

test('a long list is told by its first names, in the columns of lists only', (t) => {
  const { rows } = forPeople({
    columns: ['condition', 'destinations', 'nodes'],
    rows: [
      [ten, ten, 'a b c d e'],
      ['', null, 'a']
    ]
  })
  t.deepEqual(rows, [
    [ten, '10.42.0.0:80 10.42.0.1:80 10.42.0.2:80 10.42.0.3:80 … and 6 more', 'a b c d e'],
    ['', null, 'a']
  ])
})
