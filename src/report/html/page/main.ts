import { showServices } from './explorer.ts'
import { addFindingFilter } from './finding-filter.ts'
import { openForPrint } from './print.ts'
import { readData } from './read-data.ts'
import { addThemeSwitch } from './theme.ts'

// The page is whole without this script; it adds the switch of colours, the filters and the Services' pictures.
document.documentElement.classList.add('scripted')
addThemeSwitch()
addFindingFilter()
openForPrint()
void readData()
  .then(showServices)
  .then(
    () => {
      performance.mark('ready')
      document.documentElement.classList.add('ready')
    },
    (error: unknown) => {
      document.getElementById('explorer')!.textContent =
        `The Services cannot be shown: ${error instanceof Error ? error.message : String(error)}`
    }
  )
