// Installs what package-lock.json names, once: so that "npm test" and "npm run demo" work as the very first command.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

if (!isInstalled()) {
  console.log(
    'installing dependencies (better-sqlite3 is compiled where no ready binary fits; that takes a minute or two)'
  )
  const npm = process.env.npm_execpath
  const [program, ...args] = npm ? [process.execPath, npm, 'ci'] : ['npm', 'ci']
  execFileSync(program, [...args, '--no-fund', '--no-audit'], { stdio: 'inherit' })
}

function isInstalled() {
  const marker = 'node_modules/.package-lock.json'
  if (!existsSync(marker)) return false
  const wanted = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages
  const there = JSON.parse(readFileSync(marker, 'utf8')).packages
  return Object.entries(wanted).every(
    ([name, { version, optional }]) => name === '' || optional || there[name]?.version === version
  )
}
