import { expect, test } from 'vitest'
import { controlOf } from '../../src/app/control.ts'
import { makeBus, type ServiceState, type Tell } from '../../src/base/event.ts'

/** Services whose acts are done when `finish` says so. */
function controlled() {
  const bus = makeBus()
  let listening = 0
  const listen = (listener: Tell) => {
    const forget = bus.listen(listener)
    listening++
    return () => {
      listening--
      forget()
    }
  }
  const act = Promise.withResolvers<boolean>()
  const control = controlOf({ ...bus, listen }, () => ({
    services: () => [{ name: 'comfyui', title: 'ComfyUI' }],
    control: () => act.promise,
  }))
  const tell = (state: ServiceState, service = 'comfyui') =>
    bus.tell({ type: 'service-state', service, state })
  return { control, tell, finish: act.resolve, listening: () => listening }
}

test('a stop that ends as asked is done, and so is a start', async () => {
  const { control, tell, finish, listening } = controlled()
  const [stopped, started] = [control('comfyui', 'stop'), control('comfyui', 'start')]
  tell('stopping')
  tell('starting', 'jupyter')
  finish(true)

  expect(await stopped).toBe('done')
  expect(await started).toBe('done')
  expect(listening()).toBe(0)
})

test('a stop that a start follows is overtaken as soon as the service starts', async () => {
  const { control, tell } = controlled()
  const stopped = control('comfyui', 'stop')
  tell('stopping')
  tell('starting')

  expect(await stopped).toBe('overtaken')
})

test('what cannot be acted on is absent when it has no such name, and else all is ending', async () => {
  const { control, finish } = controlled()
  finish(false)

  expect(await control('comfyui', 'restart')).toBe('ending')
  expect(await control('comfy', 'restart')).toBe('absent')
})
