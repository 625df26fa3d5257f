/** The script's log: the last lines of the services, following until somebody scrolls up. */
export const LOG = `
// As many lines as are kept; the container's own log has all of them.
const MOST_LINES = 1000

const lines = []
let fresh = []
let follows = true
let missed = 0
let isDrawing = false

function takeLine({ service, stream, text, isOverwritten }) {
  const line = { service, stream, text, isOverwritten }
  writeOver(line)
  lines.push(line)
  fresh.push(line)
  if (lines.length > MOST_LINES) lines.shift()
  if (fresh.length > MOST_LINES) fresh.shift()
  if (isDrawing) return
  isDrawing = true
  requestAnimationFrame(drawFresh)
}

// A progress bar is one line: what comes next from there takes its place.
function writeOver({ service, stream }) {
  const at = lines.findLastIndex((each) => each.service === service && each.stream === stream)
  if (!lines[at]?.isOverwritten) return
  const [old] = lines.splice(at, 1)
  old.node?.remove()
  fresh = fresh.filter((each) => each !== old)
}

function drawFresh() {
  isDrawing = false
  for (const { service } of fresh) if (service) offerService(service)
  const [box, wanted] = [part('lines'), fresh.filter(isWanted)]
  fresh = []
  box.append(...wanted.map(lineNode))
  while (box.childElementCount > MOST_LINES) box.firstElementChild.remove()
  if (!follows) missed += wanted.length
  showFollowing()
}

function drawAll() {
  fresh = []
  part('lines').replaceChildren(...lines.filter(isWanted).map(lineNode))
  showFollowing()
}

const isWanted = ({ service }) => !service || ['', service].includes(part('service').value)

function lineNode(line) {
  const { value, length } = part('service')
  line.node = element('div', {}, value === '' && length > 2 && line.service && element('i', {}, line.service), line.text)
  return line.node
}

// Where there is one service alone, its name before each line says nothing.
function offerService(name) {
  const choice = part('service')
  if ([...choice.options].some(({ value }) => value === name)) return
  choice.append(element('option', { value: name }, name))
  part('choice').hidden = choice.length < 3
  if (choice.length === 3) drawAll()
}

function showFollowing() {
  const box = part('lines')
  if (follows) {
    missed = 0
    box.scrollTop = box.scrollHeight
  }
  part('follow').hidden = follows
  write('follow', missed > 0 ? 'Follow (' + missed + ' new)' : 'Follow')
}

function follow() {
  follows = true
  showFollowing()
  part('lines').focus({ preventScroll: true })
}

part('lines').addEventListener('scroll', ({ target }) => {
  follows = target.scrollTop + target.clientHeight >= target.scrollHeight - 8
  if (follows) missed = 0
  part('follow').hidden = follows
})
part('follow').addEventListener('click', follow)
part('service').addEventListener('change', () => {
  follows = true
  drawAll()
})
`
