import { type Document, isMap, isSeq, parseDocument, type ScalarTag, type Tags, type YAMLSeq } from 'yaml'
import { Problem } from '../../../base/problem.ts'
import { readYaml } from '../../../facts/yaml-value.ts'
import type { WrittenEntry } from './keys.ts'
import { readEntry } from './read-entry.ts'

type ManifestFile = { readonly path: string; readonly text: string | undefined }

/**
 * The text with one more entry; an entry for the same folder is replaced where it stands. Comments, order and all other entries
 * stay. Without a text it is a new one. Throws NODES_FILE_INVALID, with `path`, for a text that is no manifest.
 */
export function addEntry(text: string | undefined, entry: WrittenEntry, path = 'nodes.yaml'): string {
  const file = { path, text }
  const document = documentOf(file)
  const list = listIn(document, file)
  const read = readEntry(entry, '/')
  const folder = 'fault' in read ? undefined : read.folder
  const node = document.createNode(entry)
  const at = folder === undefined ? -1 : indexOf(file, folder)
  const before = list.items[at]
  if (before === undefined) list.add(node)
  else {
    keepComments(before, node)
    list.items[at] = node
  }
  return textOf(document, file)
}

/** The text without the entry for a folder, in any case of letters; the same text where there is none. Throws as `addEntry` does. */
export function removeEntry(text: string | undefined, folder: string, path = 'nodes.yaml'): string {
  const file = { path, text }
  const document = documentOf(file)
  const list = listIn(document, file)
  const at = indexOf(file, folder)
  if (at < 0) return file.text ?? ''
  list.items.splice(at, 1)
  return textOf(document, file)
}

const HEADING =
  ' Custom nodes of this workspace. One entry: owner/repository, an id of the registry, or a mapping.'

function documentOf({ path, text }: ManifestFile): Document {
  const read = readYaml(text ?? '')
  if ('fault' in read) throw new Problem('NODES_FILE_INVALID', { path, fault: read.fault })
  const document: Document = parseDocument(text ?? '', { customTags: keepNumbers })
  if (document.contents === null) {
    document.contents = document.createNode({ nodes: [] })
    if (text === undefined) document.commentBefore = HEADING
  }
  return document
}

// Numbers are written back as they were: 1.10 is a version, 010 a text, and 12e4567 a commit.
function keepNumbers(tags: Tags): Tags {
  return tags.map((tag) => {
    if (typeof tag === 'string' || !/:(int|float)$/.test(tag.tag)) return tag
    const { stringify } = tag
    return {
      ...tag,
      stringify: (node, ...rest) => node.source ?? stringify?.(node, ...rest) ?? String(node.value),
    } as ScalarTag
  })
}

function listIn(document: Document, { path }: ManifestFile): YAMLSeq {
  if (!isMap(document.contents))
    throw new Problem('NODES_FILE_INVALID', { path, fault: 'it is no mapping with «nodes» in it' })
  const found = document.contents.get('nodes', true)
  if (isSeq(found)) {
    // `nodes: []` grows into a list with one entry a line, as people write it.
    if (found.items.length === 0) found.flow = false
    return found
  }
  if (document.contents.get('nodes') != null)
    throw new Problem('NODES_FILE_INVALID', { path, fault: '«nodes» is no list' })
  if (document.contents.items.length === 0) document.contents.flow = false
  document.contents.set('nodes', document.createNode([]))
  return listIn(document, { path, text: undefined })
}

// By the same reading as a start’s. Where relative paths begin makes no difference to the name of a folder.
function indexOf({ text }: ManifestFile, folder: string): number {
  const read = readYaml(text ?? '')
  const { nodes } = 'value' in read && read.value !== null ? (read.value as { readonly nodes?: unknown }) : {}
  if (!Array.isArray(nodes)) return -1
  return nodes.findIndex((value: unknown) => {
    const entry = readEntry(value, '/')
    return !('fault' in entry) && entry.folder.toLowerCase() === folder.toLowerCase()
  })
}

type Commented = { commentBefore?: string | null; comment?: string | null; spaceBefore?: boolean }

function keepComments(from: unknown, to: Commented): void {
  if (typeof from !== 'object' || from === null) return
  const { commentBefore, spaceBefore } = from as Commented
  if (typeof commentBefore === 'string') to.commentBefore = commentBefore
  if (spaceBefore === true) to.spaceBefore = true
}

// A list that stood at the margin stays there. What is removed may hold what an alias elsewhere stands for.
function textOf(document: Document, { path, text }: ManifestFile): string {
  const indentSeq = !/^nodes:.*\n(?:\s*(?:#.*)?\n)*- /m.test(text ?? '')
  try {
    return document.toString({ lineWidth: 0, indentSeq })
  } catch {
    throw new Problem('NODES_FILE_INVALID', { path, fault: 'an alias in it would lead nowhere' })
  }
}
