/** One command line as a shell takes it apart: the stages of its pipeline, each as argv. */
export type Pipeline = readonly (readonly string[])[]

const TOKEN = /'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)|(\|\|?|&&|;)|([^\s'"\\|;&]+|&)|(\s+)|(.)/gsu

/**
 * Splits a command at blanks and pipes, quotes taken away. Redirections stay words; a second command
 * after `;`, `&&` or `||` is a stage too: what it prints cannot be told from what the first prints.
 */
export function splitPipeline(command: string): Pipeline {
  const stages: string[][] = [[]]
  let word: string | null = null
  const endWord = () => {
    if (word !== null) stages.at(-1)!.push(word)
    word = null
  }
  for (const [, single, double, escaped, operator, plain, blank, other] of command.matchAll(TOKEN)) {
    if (blank !== undefined) endWord()
    else if (operator !== undefined) {
      endWord()
      stages.push([])
    } else {
      word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain ?? other ?? '')
    }
  }
  endWord()
  return stages.filter((stage) => stage.length > 0)
}

const PASS_ON = new Set(['column', 'cat', 'tee', 'less', 'more'])

/** The stages after the first that can keep lines back. `column -t` and the like only lay them out. */
export function filtersOf(pipeline: Pipeline): Pipeline {
  return pipeline.slice(1).filter(([program = '']) => !PASS_ON.has(program))
}

export function isFiltered(pipeline: Pipeline): boolean {
  return filtersOf(pipeline).length > 0
}
