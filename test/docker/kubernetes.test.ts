import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { SHARED, WORKSPACES } from '../../src/base/layout.ts'
import { routes } from '../../src/http/routes.ts'
import { images, imageTags, read, readYaml, settingNames, stopMs, TOP } from './docker-files.ts'
import { overlaid } from './overlaid.ts'
import { schemaErrors } from './schema-errors.ts'

const PARTS: Readonly<Record<string, string>> = {
  Deployment: 'io.k8s.api.apps.v1.Deployment',
  PersistentVolumeClaim: 'io.k8s.api.core.v1.PersistentVolumeClaim',
  Service: 'io.k8s.api.core.v1.Service',
}

const BASE = 'docker/kubernetes/base'
const OVERLAYS = ['docker/kubernetes/gpu', 'docker/kubernetes/cpu'] as const

const resources = (readYaml(`${BASE}/kustomization.yaml`).resources as readonly string[]).map((name) =>
  readYaml(`${BASE}/${name}`),
)
const named = (kind: string, name: string) =>
  resources.find((each) => each.kind === kind && each.metadata.name === name)

const deployment = named('Deployment', 'comfyui')
const service = named('Service', 'comfyui')
const status = named('Service', 'comfyui-status')
const pod = deployment.spec.template.spec
const [container] = pod.containers
const environment = environmentOf(container)

describe.each(['kubernetes-1.25', 'kubernetes-1.37'])('%s', (schema) => {
  test('takes every resource of the base, and the deployment of every overlay', () => {
    const all = [...resources, ...OVERLAYS.map((overlay) => overlaid(deployment, overlay))]
    expect(all.flatMap((each) => schemaErrors(schema, each, PARTS[each.kind]))).toEqual([])
    expect(all.map(({ kind }) => kind).toSorted()).toEqual([
      'Deployment',
      'Deployment',
      'Deployment',
      'PersistentVolumeClaim',
      'PersistentVolumeClaim',
      'Service',
      'Service',
    ])
  })

  test('refuses a field that it does not know', () => {
    const wrong = { ...service, spec: { ...service.spec, port: [] } }
    expect(schemaErrors(schema, wrong, PARTS.Service).join()).toContain('"port"')
  })
})

test.each([BASE, ...OVERLAYS])('%s names files that are there', (folder) => {
  const { resources, patches = [] } = readYaml(`${folder}/kustomization.yaml`)
  const paths = [...resources, ...patches.map(({ path }: { readonly path: string }) => path)]
  expect(paths.filter((path) => !existsSync(join(TOP, folder, path)))).toEqual([])
})

test('an overlay chooses an image that is baked, and only the one for GPUs asks for a GPU', () => {
  const [gpu, cpu] = OVERLAYS.map((overlay) => overlaid(deployment, overlay).spec.template.spec.containers[0])
  for (const { image } of [gpu, cpu]) expect(imageTags()).toContain(image)
  expect(gpu.resources.limits).toEqual({ 'nvidia.com/gpu': 1 })
  expect(cpu.resources).toBeUndefined()
  expect([gpu, cpu].map((each) => environmentOf(each).COMFY_GPU)).toEqual(['require', undefined])
  expect([gpu, cpu].map(({ image }) => image.includes(':cpu'))).toEqual([false, true])
})

test('only settings are set', () => {
  const all = [deployment, ...OVERLAYS.map((overlay) => overlaid(deployment, overlay))]
  const names = all.flatMap((each) => Object.keys(environmentOf(each.spec.template.spec.containers[0])))
  expect(names.filter((name) => !settingNames.has(name))).toEqual([])
  expect(names.filter((name) => name === 'COMFY_GPU')).toHaveLength(1)
})

test('TERM alone ends the pod, and it has time for the drain and the stop', () => {
  expect(container.lifecycle).toBeUndefined()
  expect(stopMs(environment)).toBeLessThan(pod.terminationGracePeriodSeconds * 1000)
})

test('one ComfyUI at a time has the workspace', () => {
  expect(deployment.spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
})

test.each([
  ['startupProbe', '/startupz'],
  ['livenessProbe', '/livez'],
  ['readinessProbe', '/readyz'],
])('%s asks a route that is there, at the status port', (probe, path) => {
  expect(container[probe].httpGet).toEqual({ path, port: 'status' })
  expect(routes.map((each) => `${each.method} ${each.path}`)).toContain(`GET ${path}`)
})

test('a first boot has an hour', () => {
  const { periodSeconds, failureThreshold } = container.startupProbe
  expect(periodSeconds * failureThreshold).toBe(3600)
})

test('the ports are the image’s, without JupyterLab’s, and the services lead to them and to this pod', () => {
  const ports: readonly { readonly name: string; readonly containerPort: number }[] = container.ports
  for (const image of images)
    expect(image.ports).toEqual(expect.arrayContaining(ports.map((each) => each.containerPort)))
  const led = [service, status].flatMap(({ spec }) =>
    spec.ports.map((each: Led) => ({ name: each.targetPort, containerPort: each.port })),
  )
  expect(led).toEqual(ports)
  expect(ports.map((each) => each.containerPort)).not.toContain(8888)
  for (const { spec } of [service, status]) {
    expect(deployment.spec.template.metadata.labels).toEqual(spec.selector)
    expect(deployment.spec.selector.matchLabels).toEqual(spec.selector)
  }
})

test('the status page and the metrics are reached while ComfyUI is not ready, and ComfyUI only while it is', () => {
  expect(status.spec.publishNotReadyAddresses).toBe(true)
  expect(status.spec.ports.map((each: Led) => each.targetPort)).toEqual(['status'])
  expect(service.spec.publishNotReadyAddresses).toBeUndefined()
  expect(service.spec.ports.map((each: Led) => each.targetPort)).toEqual(['comfyui'])
})

test('nothing runs as root, gains rights, or writes outside workspace and /tmp', () => {
  expect(pod.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  })
  expect(container.securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
  })
  expect(pod.automountServiceAccountToken).toBe(false)
  expect(writable()).toEqual([WORKSPACES[0], '/tmp'])
})

test('the workspace is claimed for one node and the models for reading, and the pod has no other volume', () => {
  const claims = Object.fromEntries(
    pod.volumes.map(({ name, persistentVolumeClaim: claim }: Volume) => [
      name,
      claim === undefined
        ? undefined
        : [named('PersistentVolumeClaim', claim.claimName)?.spec.accessModes, claim.readOnly],
    ]),
  )
  expect(claims).toEqual({
    workspace: [['ReadWriteOnce'], undefined],
    models: [['ReadOnlyMany'], true],
    tmp: undefined,
  })
  const models = container.volumeMounts.find(({ name }: { readonly name: string }) => name === 'models')
  expect(models).toEqual({ name: 'models', mountPath: `${SHARED}/models`, readOnly: true })
})

test('the volume of models in the document is the one that is claimed', () => {
  const claim = named('PersistentVolumeClaim', 'comfyui-models').spec
  const page = read('docs/how-to/run-on-kubernetes.md')
  expect(page).toContain(`metadata: { name: ${claim.volumeName} }`)
  expect(page).toContain('accessModes: [ReadOnlyMany]')
})

type Led = { readonly port: number; readonly targetPort: string }

type Volume = {
  readonly name: string
  readonly persistentVolumeClaim?: { readonly claimName: string; readonly readOnly?: true }
}

type Mount = { readonly mountPath: string; readonly readOnly?: true }

function writable(): readonly string[] {
  return container.volumeMounts
    .filter(({ readOnly }: Mount) => readOnly !== true)
    .map(({ mountPath }: Mount) => mountPath)
}

function environmentOf({
  env,
}: {
  readonly env: readonly { readonly name: string; readonly value: string }[]
}) {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]))
}
