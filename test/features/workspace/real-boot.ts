import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Report } from '../../../src/base/report.ts'
import { apply } from '../../../src/engine/apply.ts'
import { joinPlans, type Plan } from '../../../src/engine/plan.ts'
import { lookAround } from '../../../src/facts/look-around.ts'
import { decidePlaces } from '../../../src/features/workspace/places.ts'
import { planWorkspace } from '../../../src/features/workspace/plan.ts'
import { planPreparation } from '../../../src/features/workspace/prepare.ts'
import { type Host, realHost } from '../../../src/host/host.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { aSettings } from '../../support/world.ts'

/** Days of 2026, so that a time that was not kept is seen. */
const OLD = new Date(Date.UTC(2026, 0, 15))

/** A small image tree at <root>/opt/ComfyUI and an empty folder <root>/workspace; settings that move the one into the other. */
export async function anImageIn(root: string): Promise<Settings> {
  const home = `${root}/opt/ComfyUI`
  const files = {
    'main.py': 'print("ComfyUI")\n',
    'comfyui_version.py': '__version__ = "0.33.0"\n',
    'requirements.txt': 'torch\n',
    'comfy/cli_args.py': 'parser.add_argument("--listen")\n',
    'comfy/__pycache__/cli_args.cpython-312.pyc': 'compiled',
    'custom_nodes/example/__init__.py': '',
    'models/loras/put_loras_here': '',
    'script.sh': '#!/bin/sh\n',
  }
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(`${home}/${name}`), { recursive: true })
    await writeFile(`${home}/${name}`, text)
    await utimes(`${home}/${name}`, OLD, OLD)
  }
  await chmod(`${home}/script.sh`, 0o755)
  await chmod(`${home}/requirements.txt`, 0o600)
  await symlink('script.sh', `${home}/run`)
  await mkdir(`${root}/workspace`)
  return movingSettings(root)
}

/** Settings that move the ComfyUI of <root>/opt/ComfyUI into <root>/workspace, as whoever runs the tests. */
export function movingSettings(root: string): Settings {
  return aSettings({
    home: `${root}/opt/ComfyUI`,
    workspace: `${root}/workspace`,
    adopt: 'move',
    gpu: 'off',
    shared: `${root}/shared`,
    uid: process.getuid?.(),
    gid: process.getgid?.(),
  })
}

const HOST = realHost()

/** The real host with a clock that stands still, so that two runs write the same marker. */
export function steadyHost(): Host {
  return { ...HOST, clock: { ...HOST.clock, now: () => Date.UTC(2026, 10, 21) } }
}

/** Looks, plans and applies until nothing is left to do; the reports of the rounds, without that of the empty one. */
export async function bootWorkspace(host: Host, settings: Settings): Promise<readonly Report[]> {
  const reports: Report[] = []
  for (let round = 0; round < 4; round++) {
    const plan = await planFor(host, settings)
    if (plan.steps.length === 0) return reports
    reports.push(await applyOnce(host, plan))
  }
  throw new Error('The plan is not empty after 4 rounds.')
}

/** What is to be done for the machine as it is. */
export async function planFor(host: Host, settings: Settings): Promise<Plan> {
  const facts = await lookAround(host, settings)
  const places = decidePlaces(settings, facts)
  return joinPlans(planPreparation(facts, places), planWorkspace(settings, facts, places))
}

/** Applies a plan with the real engine. */
export function applyOnce(host: Host, plan: Plan, target = host.users.ids()): Promise<Report> {
  return apply(plan, host, {
    tell: () => {},
    target,
    signal: new AbortController().signal,
    failed: new Set(),
  })
}
