/**
 * The folders of src are the path of the data (docs/architecture.md). Each rule says why it stands.
 * `npm run check` applies them to imports of types too.
 */
const STEPS = ['kinds', 'collect', 'archive', 'parse', 'model', 'store', 'ask', 'report', 'cli']
const within = (...folders) => `^src/(${folders.join('|')})/`

export default {
  forbidden: [
    ...STEPS.slice(0, -1).map((step, index) => ({
      name: `${step}-knows-no-later-step`,
      comment: 'A step can be read, tested and replaced knowing only the steps before it.',
      severity: 'error',
      from: { path: within(step) },
      to: { path: within(...STEPS.slice(index + 1)) }
    })),
    {
      name: 'every-folder-is-a-step',
      comment: 'A new folder of src takes a place on the path of the data, here and in docs/architecture.md.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: within(...STEPS) },
      to: {}
    },
    {
      name: 'kinds-parse-and-model-are-pure',
      comment: 'What is pure gets files, times and processes as arguments, so that one input always gives one answer.',
      severity: 'error',
      from: { path: within('kinds', 'parse', 'model') },
      to: {
        path: '^(node:)?(fs|fs/promises|child_process|http|https|dns|os|process|worker_threads)$|better-sqlite3|kysely'
      }
    },
    {
      name: 'the-page-runs-in-a-browser',
      comment:
        'The script of the HTML page is bundled for browsers, which have neither Node.js nor the store. Of ask it takes types.',
      severity: 'error',
      from: { path: '^src/report/html/page/' },
      to: { path: '^(node:|src/(collect|archive|store|cli)/)' }
    },
    {
      name: 'src-knows-no-test',
      comment: 'What users install works without the tests.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|scripts)/' }
    },
    {
      name: 'no-cycles',
      comment:
        'In a cycle no file can be understood before another. A type that both sides use gets a file of its own.',
      severity: 'error',
      from: {},
      to: { circular: true }
    }
  ],
  options: {
    // TypeScript 7 has no compiler interface that dependency-cruiser could use.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { extensions: ['.ts', '.js', '.mjs'] }
  }
}
