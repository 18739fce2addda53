import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Size } from './services.ts'
import { dumps } from './snapshots.ts'

/** Bytes a day by which a git repository of the dumps grows, packed: what a diligent person without snap would have. */
export function gitGrowth(size: Size, days: number, replaced: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'snap-bench-git-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  const packed = () => {
    git('-c', 'gc.auto=0', 'gc', '--quiet', '--prune=now')
    return 1024 * Number(/^size-pack: (\d+)/m.exec(git('count-objects', '-v'))![1])
  }
  try {
    git('init', '--quiet')
    let first = 0
    let day = 0
    for (const text of dumps(size, days, { churn: { part: 0.01, replaced } })) {
      writeFileSync(join(folder, 'iptables-save.txt'), text)
      git('add', '.')
      git(
        '-c',
        'user.name=bench',
        '-c',
        'user.email=bench@example.org',
        '-c',
        'gc.auto=0',
        'commit',
        '--quiet',
        '-m',
        `day ${day}`
      )
      if (day++ === 0) first = packed()
    }
    return (packed() - first) / (days - 1)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
