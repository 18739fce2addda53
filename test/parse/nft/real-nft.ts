/** nft itself, in a network namespace that ends with the call. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** AVA brings a program of the same name. */
const SYSTEM = { ...process.env, PATH: '/usr/sbin:/sbin:/usr/bin:/bin' }

export function nftMissing(): string | undefined {
  if (process.getuid?.() !== 0) return 'not root'
  const tried = spawnSync('unshare', ['-n', 'nft', 'list', 'ruleset'], { encoding: 'utf8', env: SYSTEM })
  return tried.error || tried.status !== 0 ? `unshare -n nft: ${tried.error?.message ?? tried.stderr}` : undefined
}

export interface Loaded {
  /** What nft says where it loads nothing. */
  readonly error: string
  readonly text: string
  readonly json: string
}

const LOAD = `cd "$1"; for file in *.nft; do
  nft flush ruleset; nft -f "$file" 2> "$file.error"; nft $2 list ruleset > "$file.text"; nft -j list ruleset > "$file.json"
done`

/** Each ruleset loaded alone, and listed. `option`: of the text listing. */
export function loadEach(rulesets: readonly string[], option = ''): Loaded[] {
  const folder = mkdtempSync(join(tmpdir(), 'snap-nft-'))
  try {
    const file = (at: number) => join(folder, `${String(at).padStart(6, '0')}.nft`)
    rulesets.forEach((text, at) => writeFileSync(file(at), text))
    const run = spawnSync('unshare', ['-n', 'sh', '-c', LOAD, 'sh', folder, option], { encoding: 'utf8', env: SYSTEM })
    if (run.error) throw run.error
    return rulesets.map((_, at) => {
      const read = (what: string) => readFileSync(`${file(at)}.${what}`, 'utf8')
      return { error: read('error'), text: read('text'), json: read('json') }
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
