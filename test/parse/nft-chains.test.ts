import test from 'ava'
import { readNftChains } from '../../src/parse/nft-chains.ts'

const TABLES: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'a base chain with a rule, and one that it calls',
    'table inet fw {\n\tchain other {\n\t\ttcp dport 22 accept\n\t}\n\n\tchain forward {\n\t\ttype filter hook forward priority filter - 5; policy drop;\n\t\tjump other\n\t}\n}\n',
    ['inet fw forward forward -5 drop 1']
  ],
  [
    'an empty one, with a comment',
    'table ip a {\n\tcomment "x"\n\tchain p {\n\t\tcomment "y"\n\t\ttype nat hook postrouting priority 100; policy accept;\n\t}\n}\n',
    ['ip a p postrouting 100 accept 0']
  ],
  [
    'no base chain',
    'table ip a {\n\tset s {\n\t\ttype ipv4_addr\n\t}\n\n\tchain c {\n\t\tdrop\n\t}\n}\n',
    ['ip a   null  0']
  ],
  [
    'dormant',
    'table ip a {\n\tflags dormant\n\n\tchain p {\n\t\ttype filter hook input priority raw; policy drop;\n\t}\n}\n',
    ['ip a   null  0']
  ],
  [
    'of a bridge, whose priorities are others',
    'table bridge b {\n\tchain p {\n\t\ttype filter hook forward priority filter; policy accept;\n\t\tdrop\n\t}\n}\n',
    ['bridge b p forward null accept 1']
  ],
  [
    'of a device',
    'table netdev n {\n\tchain i {\n\t\ttype filter hook ingress devices = { eth0, eth1 } priority -500; policy accept;\n\t\tdrop\n\t}\n}\n',
    ['netdev n i ingress null accept 1']
  ],
  [
    'cut in the middle',
    'table ip a {\n}\ntable inet b {\n\tchain p {\n\t\ttype filter hook input priority filter; policy accept;\n',
    ['ip a   null  0', 'inet b null null null null null']
  ]
]

for (const [name, text, expected] of TABLES) {
  test(`nft chains: ${name}`, (t) => {
    t.deepEqual(
      readNftChains(text).map((row) =>
        [row.family, row.tableName, row.chain, row.hook, row.priority, row.policy, row.rules].map(String).join(' ')
      ),
      expected
    )
  })
}
