/** The script's acts: who may act, and what the buttons ask for. */
export const ACTS = `
let mayAct = false

function actButtons(name, title, state) {
  const isUp = ['running', 'starting', 'backoff'].includes(state)
  const isLeaving = ['stopping', 'killing'].includes(state)
  const make = (verb, words, key) =>
    button(words, { 'data-key': key + ' ' + name, disabled: isLeaving, 'aria-label': words + ' ' + title }, () =>
      act({ name, title, verb, isSure: state !== 'running' || verb === 'start' }),
    )
  return isUp || isLeaving ? [make('restart', 'Restart', 'restart'), make('stop', 'Stop', 'turn')] : [make('start', 'Start', 'turn')]
}

async function act({ name, title, verb, isSure }) {
  const Verb = verb[0].toUpperCase() + verb.slice(1)
  if (!isSure && !confirm(Verb + ' ' + title + '? What it is working on is lost.')) return
  const answer = await request('POST', 'services/' + encodeURIComponent(name) + '/' + verb)
  say(answer.ok ? Verb + ' of ' + title + ' is asked for.' : answer.message)
  if (answer.status === 401) await lookWhoWeAre()
}

// Whatever goes wrong is a message: nothing here is thrown.
async function request(method, path, body) {
  const sent = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  try {
    const answer = await fetch(path, { method, ...sent, signal: AbortSignal.timeout(10000) })
    const told = await answer.json().catch(() => ({}))
    return { ok: answer.ok, status: answer.status, told, message: told.error?.message ?? 'Answer ' + answer.status + '.' }
  } catch {
    return { ok: false, status: 0, told: {}, message: 'Cannot reach comfy-init.' }
  }
}

async function lookWhoWeAre() {
  showWhoWeAre((await request('GET', 'session')).told.mayAct === true)
}

function showWhoWeAre(may) {
  mayAct = may
  part('sign-in').hidden = may
  part('sign-out').hidden = !may
  if (status) show(status)
}

part('sign-in').addEventListener('submit', async (event) => {
  event.preventDefault()
  const answer = await request('POST', 'session', { token: part('token').value })
  part('token').value = ''
  if (answer.ok) {
    await lookWhoWeAre()
    say('You may act now.')
    part('sign-out').focus()
  } else say(answer.message)
})

part('sign-out').addEventListener('click', async () => {
  await request('DELETE', 'session')
  await lookWhoWeAre()
  part('doing').open = false
  part('doing').firstElementChild.focus()
})
`
