import { field, NODE } from '../column/column.ts'
import type { HostKind } from '../kind.ts'

export const addresses = {
  singular: 'address',
  title: 'Addresses',
  items: ['ip-address', 'ip-proc'],
  part: 'addresses',
  tables: [
    {
      name: '_interface_address',
      diff: {
        aspect: 'address',
        key: ['interface', 'address', 'prefix_length'],
        fields: ['scope'],
        leftOut: {},
        part: (row) => `${row.address}/${row.prefix_length}`,
        summary: (row) => (row.interface === null ? '' : `on ${row.interface}`),
        // Every pod brings a veth with a link-local address, and takes it along when it goes.
        isTold: (row) => row.scope === 'global'
      }
    }
  ],
  get: {
    key: 'address',
    hasNode: true,
    sql: 'SELECT * FROM node_addresses ORDER BY node, type, interface, address',
    columns: [
      NODE,
      field('ADDRESS', 'address'),
      field('TYPE', 'type'),
      field('INTERFACE', 'interface'),
      field('PREFIX', 'prefix_length')
    ]
  }
} as const satisfies HostKind
