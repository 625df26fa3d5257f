/** The script's heart: the status as it comes, by events where they arrive and by asking where they do not. */
export const LIVE = `
const isEarly = 'early' in document.body.dataset
const ASK_EVERY_MS = 2000
// A connection can die without a word: every so often it is asked all the same.
const DOUBT_EVERY = 8

let status
let source
let isLive = false
let asked = 0

function show(now) {
  status = now
  const { phase, instance, version, startedAt, services, problems, steps, conditions = [], deaths = [] } = now
  const known = { ...now, conditions, deaths }
  const isReady = answering.includes(phase)
  paint(toneOf(known))
  document.title = phase + ' · ' + instance
  write('headline', headline(known))
  write('now', nowText(known))
  write('about', instance + ' · comfy-init ' + version + ' · since ' + new Date(startedAt).toLocaleString())
  draw('conditions', conditions, (all) => all.map(conditionNode))
  draw('problems', problems, (all) => all.toSorted(blockingFirst).map(problemNode))
  draw('services', [services, mayAct], ([all]) => all.map(serviceNode))
  const withLines = deaths.map((each) => ({ ...each, lines: linesOfDeaths.get(deathKey(each)) }))
  draw('deaths', withLines, (all) => all.map(deathNode))
  draw('steps', steps, (all) => all.map(stepNode))
  write('steps-count', stepsText(steps))
  if (isReady !== wasReady) part('steps-box').open = !isReady
  const addresses = Object.entries(now.addresses).map(([use, url]) => [use, addressFrom(url, now.addresses.status ?? url, location)])
  draw('addresses', addresses.filter(([use]) => use !== 'status'), (all) => all.map(addressNode))
  lead(Object.fromEntries(addresses).comfyui, isReady, conditions)
  wasReady = isReady
}

let wasReady

const blockingFirst = (one, other) => (one.level === 'blocking' ? 0 : 1) - (other.level === 'blocking' ? 0 : 1)

function paint(tone) {
  if (document.body.dataset.tone === tone) return
  document.body.dataset.tone = tone
  const fill = { good: '%231a7f4b', warn: '%23b26a00', bad: '%23c5352b', off: '%23888', wait: '%233f6fd8' }[tone]
  const drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="3" fill="' + fill + '"/></svg>'
  part('icon').href = 'data:image/svg+xml,' + drawing
}

// The way to ComfyUI. Nobody is moved without having asked for it, by ?go or the box, nor into a ComfyUI to be told of first.
function lead(address, isReady, conditions) {
  const isOpen = isReady && address !== undefined
  part('open').hidden = !isOpen
  part('go-box').hidden = isReady || isEarly
  if (!isOpen) return
  part('open').href = address
  if (part('go').checked && conditions.length === 0) location.replace(address)
}

function listen() {
  if (!window.EventSource) return
  source?.close()
  source = new EventSource('events')
  source.addEventListener('open', () => {
    lines.length = 0
    drawAll()
  })
  source.addEventListener('status', ({ data }) => {
    isLive = true
    hear(JSON.parse(data))
  })
  source.addEventListener('line', ({ data }) => takeLine(JSON.parse(data)))
  source.addEventListener('skipped', ({ data }) => {
    takeLine({ text: '… ' + countText(JSON.parse(data).lines, 'line', 'lines') + ' left out …' })
  })
  source.addEventListener('death', ({ data }) => {
    const death = JSON.parse(data)
    linesOfDeaths.set(deathKey(death), death.lines)
    if (status) show(status)
  })
  source.addEventListener('error', () => {
    isLive = false
  })
}

async function ask() {
  if (!isLive || asked++ % DOUBT_EVERY === 0) {
    const before = status
    const answer = await request('GET', 'status')
    if (answer.ok && answer.told.phase) {
      // An event that came meanwhile knows better.
      if (status === before) hear(answer.told)
      if (source?.readyState === 2) listen()
    } else await missComfyInit()
  }
  setTimeout(ask, ASK_EVERY_MS)
}

function hear(now) {
  document.body.classList.remove('gone')
  show(now)
}

async function missComfyInit() {
  isLive = false
  // On ComfyUI's own port silence means that it is ComfyUI's turn.
  if (isEarly && (await request('GET', 'system_stats')).ok) return location.reload()
  document.body.classList.add('gone')
  paint('off')
  document.title = 'no answer · comfy-init'
  write('headline', isEarly ? 'ComfyUI is starting' : 'comfy-init does not answer')
  write('now', isEarly ? 'This page makes room for it, and becomes ComfyUI as soon as that answers.' : 'Asked again every 2 s. What is below was known before.')
  part('open').hidden = true
}

part('go').checked = new URLSearchParams(location.search).has('go')
part('go').addEventListener('change', ({ target }) => history.replaceState(null, '', target.checked ? '?go' : './'))
if (!window.EventSource) part('lines').dataset.quiet = 'This browser takes no events, so the log is not shown: docker logs has it.'

listen()
ask()
lookWhoWeAre()
`
