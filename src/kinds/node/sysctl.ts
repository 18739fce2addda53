import { field, NODE } from '../column/column.ts'
import type { HostKind } from '../kind.ts'

/** Settings that count what is there at the moment. */
const COUNTERS = /^net\.netfilter\.nf_conntrack_count$/

export const sysctls = {
  singular: 'sysctl',
  title: 'Kernel settings',
  items: ['sysctls'],
  part: 'settings',
  tables: [
    {
      name: '_sysctl',
      diff: {
        aspect: 'setting',
        key: ['name'],
        fields: ['value'],
        leftOut: {},
        part: (row) => String(row.name),
        summary: (row) => String(row.value),
        // Every pod brings a veth with settings of its own, and takes them along when it goes.
        isTold: ({ name }) => !COUNTERS.test(String(name)) && !/\.(veth|cali|lxc|tap)[0-9a-f]+\./.test(String(name))
      }
    }
  ],
  get: {
    key: 'name',
    hasNode: true,
    sql: 'SELECT * FROM sysctls ORDER BY node, name',
    columns: [NODE, field('NAME', 'name'), field('VALUE', 'value')]
  }
} as const satisfies HostKind
