/** The script's pencil: elements whose texts are text, and parts that are drawn anew only when they changed. */
export const DRAW = `
const part = (id) => document.getElementById(id)

// Whatever comes from outside goes in as text: there is no other way in.
function element(name, attributes, ...inside) {
  const node = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(key, '')
    else if (value !== undefined && value !== false) node.setAttribute(key, value)
  }
  node.append(...inside.filter((each) => each || each === 0))
  return node
}

function button(words, attributes, act) {
  const node = element('button', { type: 'button', ...attributes }, words)
  node.addEventListener('click', act)
  return node
}

// A live region is read out whenever it is written to, so what has not changed is not written.
function write(id, text) {
  if (part(id).textContent !== text) part(id).textContent = text
}

const drawn = new Map()

// Draws a section from its data, when that has changed. What was opened stays open, and focus stays where it was.
function draw(id, data, make) {
  const now = JSON.stringify(data)
  if (drawn.get(id) === now) return
  drawn.set(id, now)
  const [section, inside] = [part(id), part(id).querySelector('.inside')]
  const focused = inside.contains(document.activeElement) ? document.activeElement.dataset.key : undefined
  const open = new Set([...inside.querySelectorAll('details[open]')].map((each) => each.dataset.key))
  const nodes = make(data)
  section.hidden = nodes.length === 0
  inside.replaceChildren(...nodes)
  for (const each of inside.querySelectorAll('details')) each.open = open.has(each.dataset.key)
  if (focused) inside.querySelector('[data-key="' + CSS.escape(focused) + '"]')?.focus({ preventScroll: true })
}

function remedy(text, key) {
  const words = element('code', {}, text)
  const copy = button('Copy', { 'data-key': 'copy ' + key, class: 'small' }, async () => {
    say((await copied(text, words)) ? 'Copied.' : 'Cannot copy here: the text is selected, press Ctrl-C.')
  })
  return element('div', { class: 'remedy' }, words, copy)
}

// Without https there is no clipboard; the old way selects the text, which helps even where it is refused.
async function copied(text, words) {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    getSelection().selectAllChildren(words)
    return document.execCommand('copy')
  }
}

let silence

function say(text) {
  write('said', text)
  clearTimeout(silence)
  silence = setTimeout(() => write('said', ''), 8000)
}
`
