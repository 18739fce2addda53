/** Columns of the text that people read: those of the terminal, at most 100; 100 where the output goes elsewhere. */
export function textWidth(): number {
  return Math.min(process.stdout.isTTY ? process.stdout.columns : 100, 100)
}

/** Whether the locale says that the terminal shows UTF-8. */
export function isUtf8(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '')
}
