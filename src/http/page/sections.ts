/** The script's sections: what of the status is shown where. */
export const SECTIONS = `
const answering = ['ready', 'degraded']

// One word for the whole: it colours the page and the icon of its tab.
function toneOf({ phase, conditions }) {
  if (phase === 'failed' || conditions.some(({ condition }) => ['stalled', 'gpu-lost'].includes(condition))) return 'bad'
  if (phase === 'degraded' || (phase === 'ready' && conditions.length > 0)) return 'warn'
  if (phase === 'ready') return 'good'
  return phase === 'stopped' ? 'off' : 'wait'
}

function headline({ phase, conditions }) {
  const gravest = Object.keys(CONDITIONS).find((name) => conditions.some(({ condition }) => condition === name))
  const counts = answering.includes(phase) || gravest === 'draining'
  return gravest && counts ? CONDITIONS[gravest].title : PHASES[phase]
}

function nowText({ phase, step, services, conditions }) {
  const comfyui = services.find(({ name }) => name === 'comfyui')
  if (step) return step.title + (step.leftMs === undefined ? '' : ', ' + leftText(step.leftMs))
  if (answering.includes(phase)) return phase === 'ready' && conditions.length === 0 ? 'It answers, and takes prompts.' : ''
  if (comfyui?.why) return 'ComfyUI ' + STATES[comfyui.state] + ': ' + comfyui.why
  return phase === 'starting' ? 'It loads its nodes; the log below shows how far it is.' : ''
}

function conditionNode({ condition, text }) {
  const command = CONDITIONS[condition]?.command
  const isGrave = condition === 'stalled' || condition === 'gpu-lost'
  return element('article', { class: isGrave ? 'bad' : 'warn' }, element('p', {}, text), command && remedy(command, condition))
}

function problemNode({ code, level, what, why, remedy: words }) {
  return element(
    'article',
    { class: level === 'blocking' ? 'bad' : 'warn' },
    element('h3', {}, what, ' ', element('small', {}, code)),
    element('p', {}, why),
    words && remedy(words, code + what),
  )
}

const TONES = { running: 'good', starting: 'wait', stopping: 'wait', killing: 'wait', backoff: 'warn', stopped: 'off' }

function serviceNode({ name, title, state, pid, why, restarts, isSafe }) {
  const more = [isSafe ? 'safe mode' : '', restarts ? countText(restarts, 'restart', 'restarts') : '', pid ? 'pid ' + pid : '']
  return element(
    'li',
    {},
    element('b', {}, title ?? name),
    element('span', { class: 'state ' + (TONES[state] ?? 'bad') }, STATES[state] ?? state),
    element('span', { class: 'soft' }, more.filter(Boolean).join(' · ')),
    element('span', { class: 'acts' }, ...(mayAct ? actButtons(name, title ?? name, state) : [])),
    why && !isSafe && element('p', { class: 'why' }, why),
  )
}

// Lines come with the event alone; deaths of before this page was opened are told without.
const linesOfDeaths = new Map()
const deathKey = ({ service, at }) => service + ' ' + at

function deathNode(death, at, all) {
  const { service, cause, summary, remedy: words, lines } = death
  const isSaid = all.slice(0, at).some((newer) => newer.remedy === words)
  const last = lines
    ? element('pre', { tabindex: '0', 'aria-label': 'Last lines of ' + service }, lines.join('\\n'))
    : element('p', { class: 'soft' }, 'Its last lines: ', element('code', {}, 'comfy-init deaths'), ' in the container.')
  const time = element('time', { datetime: death.at }, new Date(death.at).toLocaleTimeString())
  const head = element('summary', {}, time, ' ', service, ' ', element('small', {}, cause), ' ', summary)
  const key = deathKey(death)
  return element('li', {}, element('details', { 'data-key': key }, head, last), words && !isSaid && remedy(words, key))
}

function stepNode(step) {
  const { id, title, state, percent } = step
  const bar = element('progress', { max: '100', value: String(percent), 'aria-label': title })
  return element(
    'li',
    { class: state, 'data-step': id },
    element('span', {}, title),
    element('span', { class: 'soft time' }, stepText(step)),
    state === 'working' && percent !== undefined ? element('p', {}, bar, element('small', {}, progressText(step))) : '',
  )
}

function stepsText(steps) {
  const over = steps.filter(({ state }) => state === 'done' || state === 'not-needed')
  const tookMs = steps.reduce((sum, { ms = 0 }) => sum + ms, 0)
  return over.length + ' of ' + steps.length + (tookMs > 0 ? ', ' + timeText(tookMs) : '')
}

function addressNode([use, url]) {
  const title = { comfyui: 'ComfyUI', jupyter: 'JupyterLab' }[use] ?? use
  return element('li', {}, title + ' ', element('a', { href: url, 'data-key': use }, url))
}
`
