import test from 'ava'
import { html } from '../../../src/report/html/markup.ts'

test('values are text, whatever they hold; only markup made the same way is markup', (t) => {
  t.is(
    html`<p title="${'"><script>'}">${['<b>', html`<i>${'&'}</i>`, 3, null, false]}</p>`.text,
    '<p title="&#34;&#62;&#60;script&#62;">&#60;b&#62;<i>&#38;</i>3</p>'
  )
  t.is(html`${'\u2028\u202e\u0000</script>'}`.text, '\\u2028\\u202e\\x00&#60;/script&#62;')
  t.throws(() => html`${{ text: '<b>' } as never}`)
})
