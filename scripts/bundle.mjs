// One bundled program: loading kysely and yargs as separate modules costs 0.3 s at every start, bundled 0.08 s.
import { build } from 'esbuild'

await build({
  entryPoints: { snap: 'src/cli/main.ts' },
  outdir: 'dist/bin',
  bundle: true,
  splitting: true,
  minifySyntax: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  // yargs lays out its help with the width tables of all scripts and emoji, which take 25 ms of every start; our help is ASCII.
  alias: { 'string-width': './scripts/plain-width.mjs' },
  external: ['better-sqlite3', 'better-sqlite3-node-api'],
  sourcemap: true,
  logLevel: 'warning',
  banner: {
    js: "import { createRequire as createRequireForCommonJs } from 'node:module'; const require = createRequireForCommonJs(import.meta.url);"
  }
})

// The script and style of the HTML report, which the program writes into each page.
await build({
  entryPoints: { page: 'src/report/html/page/main.ts', style: 'src/report/html/page/page.css' },
  outdir: 'dist/page',
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['chrome111', 'firefox113', 'safari16.4'],
  charset: 'ascii',
  logLevel: 'warning'
})
