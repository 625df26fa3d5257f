import { fieldsIn } from '../base/json-fields.ts'
import type { Layout } from '../base/layout.ts'
import type { Fs } from '../host/fs.ts'
import type { ForeignKind, Part } from './foreign-layout.ts'
import { orAbsent } from './or-absent.ts'

/** The record of moves that a person said yes to; it is there from before the first until after the last. */
export type Begun = {
  readonly layout: 1
  readonly kind: ForeignKind
  readonly parts: readonly Pick<Part, 'from' | 'to'>[]
}

/** Where the record lies. */
export function begunFile({ own }: Layout): string {
  return `${own}/import.json`
}

/** The record with those of its moves that are still to be made; undefined without one. What is no record moves nothing. */
export async function readBegun(fs: Fs, layout: Layout): Promise<Begun | undefined> {
  const begun = parseBegun(await orAbsent(fs.readText(begunFile(layout))))
  if (begun === undefined) return undefined
  const inside = begun.parts.filter(({ from, to }) => isBelow(from, layout) && isBelow(to, layout))
  const there = await Promise.all(inside.map(({ from }) => orAbsent(fs.look(from))))
  return { ...begun, parts: inside.filter((_, at) => there[at] !== undefined) }
}

function isBelow(path: string, { workspace }: Layout): boolean {
  return path.startsWith(`${workspace}/`) && !path.split('/').includes('..')
}

function parseBegun(text: string | undefined): Begun | undefined {
  const value = fieldsIn(text)
  if (value === undefined || value.layout !== 1 || !Array.isArray(value.parts)) return undefined
  const kind = KINDS.find((each) => each === value.kind)
  if (kind === undefined) return undefined
  const parts = value.parts.flatMap((part: unknown) => {
    const { from, to } = typeof part === 'object' && part !== null ? { ...part } : ({} as Fields)
    return typeof from === 'string' && typeof to === 'string' ? [{ from, to }] : []
  })
  return { layout: 1, kind, parts }
}

type Fields = { readonly from?: unknown; readonly to?: unknown }

const KINDS = ['tree', 'flat', 'runpod', 'mmartial', 'yanwenkun', 'pixeloven'] as const
