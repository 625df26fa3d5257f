/** The script's words: sizes, times, and what states are called. Pure. */
export const WORDS = `
const PHASES = {
  preparing: 'The workspace is being prepared',
  starting: 'ComfyUI is starting',
  ready: 'ComfyUI is ready',
  degraded: 'ComfyUI is ready, but something is missing',
  stopping: 'ComfyUI is being stopped',
  stopped: 'ComfyUI has stopped',
  failed: 'ComfyUI does not run',
}

const STATES = {
  stopped: 'stopped',
  starting: 'starting',
  running: 'running',
  stopping: 'being stopped',
  killing: 'being killed',
  backoff: 'waits for its next try',
  'gave-up': 'given up',
  stuck: 'cannot be killed',
}

// What a condition is called, gravest first, and what is typed to leave it.
const CONDITIONS = {
  'gpu-lost': { title: 'The GPU is lost' },
  stalled: { title: 'ComfyUI has stalled', command: 'comfy-init restart comfyui' },
  draining: { title: 'ComfyUI finishes its last prompt' },
  'safe-mode': { title: 'ComfyUI is ready, in safe mode', command: 'comfy-init restart comfyui' },
  'import-failed': { title: 'ComfyUI is ready, without some custom nodes', command: 'comfy-init logs comfyui' },
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB']

function sizeText(bytes) {
  let unit = 0
  for (; bytes >= 1024 && unit < UNITS.length - 1; unit++) bytes /= 1024
  return bytes.toFixed(unit > 0 && bytes < 10 ? 1 : 0) + ' ' + UNITS[unit]
}

function timeText(ms) {
  if (ms < 1000) return Math.round(ms) + ' ms'
  if (ms < 59950) return (ms / 1000).toFixed(1) + ' s'
  const seconds = Math.round(ms / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  return hours > 0 ? hours + ' h ' + minutes + ' min' : minutes + ' min ' + (seconds % 60) + ' s'
}

function leftText(ms) {
  const whole = Math.ceil(ms / 1000) * 1000
  return (whole < 60000 ? whole / 1000 + ' s' : timeText(whole)) + ' left'
}

// How far a step is, beside its percent: «1.8 GiB of 3.0 GiB, 24310 of 45012 files, 12 s left».
function progressText({ bytes, files, nodes, leftMs, paused }) {
  const parts = paused ? ['paused (SIGCONT goes on)'] : []
  if (bytes?.total) parts.push(sizeText(bytes.done) + ' of ' + sizeText(bytes.total))
  if (files?.total) parts.push(files.done + ' of ' + files.total + ' files')
  if (nodes) parts.push(nodes.done + ' of ' + nodes.total + ' nodes')
  if (leftMs !== undefined) parts.push(leftText(leftMs))
  return parts.join(', ')
}

function stepText({ state, percent, ms }) {
  const took = ms === undefined ? '' : timeText(ms)
  if (state === 'done') return took
  if (state === 'not-needed') return 'already so'
  if (state === 'failed') return 'not done, after ' + took
  if (state === 'not-reached') return 'not reached'
  return state === 'working' && percent !== undefined ? percent + ' %' : state
}

function countText(count, one, many) {
  return count + ' ' + (count === 1 ? one : many)
}

// Addresses are the container's own words. Seen from here the machine is called as this page is; a proxy that gives each
// port a name of its own («x-3000.proxy…», «3000-x.…») has another name for each address.
function addressFrom(address, own, here) {
  const to = new URL(address)
  const [label, ...domain] = here.hostname.split('.')
  const port = new URL(own).port
  const named = label.replace(new RegExp('(^|-)' + port + '(-|$)'), (_, before, after) => before + to.port + after)
  if (domain.length > 0 && named !== label && here.port === '')
    return here.protocol + '//' + [named, ...domain].join('.') + '/'
  if (['127.0.0.1', '[::]', '[::1]'].includes(to.hostname)) to.hostname = here.hostname
  return to.href
}
`
