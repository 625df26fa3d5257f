import { describe, expect, test } from 'vitest'
import { INSTANCE, SHARED } from '../../src/base/layout.ts'
import {
  durationMs,
  images,
  imageTags,
  isSecret,
  read,
  readYaml,
  settingNames,
  stopMs,
} from './docker-files.ts'
import { schemaErrors } from './schema-errors.ts'

type Mount = {
  readonly source: string
  readonly target: string
  readonly read_only?: true
  readonly bind: { readonly create_host_path: boolean }
}

type Service = {
  readonly image: string
  readonly environment: Readonly<Record<string, string | null>>
  readonly ports: readonly string[]
  readonly volumes: readonly Mount[]
  readonly stop_grace_period: string
  readonly healthcheck: object
  readonly secrets?: readonly string[]
  readonly profiles?: readonly string[]
  readonly deploy?: { readonly resources: object }
}

const FILES = ['docker/compose.yaml', 'docker/compose.multi.yaml'] as const

const services = FILES.flatMap((file) =>
  Object.entries<Service>(readYaml(file).services).map(([name, service]) => ({ file, name, service })),
)

const { one, two } = readYaml('docker/compose.multi.yaml').services

test.each(FILES)('%s is what the compose schema asks for', (file) => {
  expect(schemaErrors('compose', readYaml(file))).toEqual([])
})

test('the compose schema refuses a key that compose does not know', () => {
  const [first] = services
  const wrong = { services: { it: { ...first?.service, stop_grace: '90s' } } }
  expect(schemaErrors('compose', wrong).join()).toContain('"stop_grace"')
})

describe.each(services)('$name of $file', ({ service }) => {
  const { environment, ports, volumes } = service
  const named = (name: string) => ports.filter((each) => each.endsWith(`:${variable(environment[name])}`))

  test('sets nothing but settings, and the image sets none of those that it passes on', () => {
    const names = Object.keys(environment)
    expect(names.filter((name) => !settingNames.has(name))).toEqual([])
    const passedOn = names.filter((name) => environment[name] === null)
    expect(images.flatMap(({ variables }) => variables.filter((name) => passedOn.includes(name)))).toEqual([])
  })

  test('runs an image that is baked', () => {
    expect(imageTags()).toContain(defaultOf(service.image))
  })

  test('is given more time to stop than comfy-init may take', () => {
    expect(stopMs(environment)).toBeLessThan(durationMs(service.stop_grace_period))
  })

  test('publishes ComfyUI and the status page on the ports that they have inside, on this host alone', () => {
    for (const name of ['COMFY_PORT', 'COMFY_HTTP_PORT']) {
      const port = variable(environment[name])
      expect(named(name)).toEqual([`\${COMFYUI_BIND:-127.0.0.1}:${port}:${port}`])
    }
  })

  test('shows JupyterLab to nobody outside this host, and only with a token from a secret', () => {
    const { COMFY_JUPYTER, COMFY_JUPYTER_TOKEN_FILE } = environment
    const port = variable(environment.COMFY_JUPYTER_PORT ?? '8888')
    const published = ports.filter((each) => each.endsWith(':8888') || each.endsWith(`:${port}`))
    if (COMFY_JUPYTER === undefined) return expect([published, service.secrets]).toEqual([[], undefined])
    expect(published).toEqual([`127.0.0.1:${port}:${port}`])
    expect(COMFY_JUPYTER_TOKEN_FILE).toBe(`/run/secrets/${service.secrets?.[0]}`)
    expect(service.image).not.toContain('slim')
  })

  test('has its state at the instance’s place and the models read-only at the shared one, and makes no folder', () => {
    const [instance, models] = volumes
    expect(volumes.map(({ target }) => target)).toEqual([INSTANCE, `${SHARED}/models`])
    expect([instance?.read_only, models?.read_only]).toEqual([undefined, true])
    expect(volumes.map(({ bind }) => bind.create_host_path)).toEqual([false, false])
  })

  test('can write nothing else, and gain no right', () => {
    expect(service).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp:exec,mode=1777'],
      cap_drop: ['ALL'],
      cap_add: ['CHOWN', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID'],
      security_opt: ['no-new-privileges:true'],
    })
    expect(Object.keys(service)).not.toEqual(expect.arrayContaining(['privileged']))
  })

  test('is asked for its health as the image says', () => {
    for (const { health } of images) expect(service.healthcheck).toEqual(health)
  })

  test('gets a GPU and requires it, unless it runs on the CPU', () => {
    const isCpu = service.image.includes(':cpu')
    expect(service.deploy === undefined).toBe(isCpu)
    expect(environment.COMFY_GPU).toBe(isCpu ? undefined : `\${COMFY_GPU:-require}`)
  })
})

test('each profile starts one service, and the image’s ports are the default ones', () => {
  const profiles = services.flatMap(({ service }) => service.profiles ?? [])
  expect(profiles).toEqual(['core', 'complete', 'cpu'])
  const defaults = services.flatMap(({ service }) =>
    service.profiles === undefined
      ? []
      : service.ports.map((each) => Number(defaultOf(each).split(':').at(-1))),
  )
  for (const { ports } of images) expect([...new Set(defaults)].toSorted()).toEqual([...ports].toSorted())
})

test('two instances share nothing but models', () => {
  const own = ({ environment, ports, volumes, deploy }: Service) => [
    ...['COMFY_INSTANCE_ID', 'COMFY_PORT', 'COMFY_HTTP_PORT'].map((name) => environment[name]),
    ...ports,
    volumes[0]?.source,
    JSON.stringify(deploy),
  ]
  expect(own(one).filter((each) => own(two).includes(each))).toEqual([])
  expect(one.volumes[1]).toEqual(two.volumes[1])
  expect(own(two)).toContain('8189')
})

describe('.env.example', () => {
  const lines = read('docker/.env.example').split('\n')
  const entries = lines.flatMap((line) => {
    const [, name, value] = /^#?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? []
    return name === undefined ? [] : [[name, value] as const]
  })

  test('names exactly the variables that the compose files read', () => {
    const used = FILES.flatMap((file) => [...read(file).matchAll(/\$\{(\w+)/g)].map(([, name]) => name))
    const passed = services.flatMap(({ service: { environment } }) =>
      Object.keys(environment).filter((name) => environment[name] === null),
    )
    const names = entries.map(([name]) => name)
    expect(names.toSorted()).toEqual([...new Set([...used, ...passed, 'COMPOSE_PROFILES'])].toSorted())
  })

  test('has the default that the first file to read a variable has', () => {
    const texts = FILES.map(read).join('\n')
    for (const [name, value] of entries) {
      const fallback = new RegExp(`\\$\\{${name}:-([^}]*)\\}`).exec(texts)?.[1]
      if (fallback !== undefined) expect([name, value]).toEqual([name, fallback])
    }
  })

  test('says why above each, and holds no secret', () => {
    const groups = lines.join('\n').split('\n\n').slice(1)
    expect(groups.filter((group) => !/^# \S/.test(group))).toEqual([])
    expect(entries.filter(([name, value]) => isSecret(name) && value !== '')).toEqual([])
  })
})

/** The default of `${NAME:-default}` in a text, put in its place. */
function defaultOf(text = ''): string {
  return text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
}

/** A value, as it stands in the file. */
function variable(value: string | null | undefined): string {
  return value ?? 'none'
}
