import type { TreeEntry } from '../../base/tree-entry.ts'
import type { Kind } from './calls.ts'
import type { Control } from './control.ts'

/** What a thread of a crew is started with. */
export type Assignment = {
  readonly task: 'copy' | 'walk' | 'sync'
  readonly thread: number
  readonly threads: number
  readonly control: Control
  /** Absolute folders; `to` is empty where there is none. */
  readonly from: string
  readonly to: string
  readonly resume: 'time' | 'content'
  /** Escaped paths below both folders that are left alone. */
  readonly skip: readonly string[]
  /** Without the C library's functions, though they are to be had. */
  readonly plain: boolean
}

/** A stretch of a large file: [from, to) in bytes. */
export type StretchJob = {
  readonly kind: 'stretch'
  readonly large: Large
  readonly from: number
  readonly to: number
}

/** The state of a file when it was first looked at, to tell whether it changed meanwhile. */
export type Seen = {
  readonly mode: number
  readonly bytes: number
  readonly seconds: number
  readonly nanoseconds: number
  /** What it takes on the disk: less than its size where it has holes. */
  readonly storedBytes: number
}

/** A large file on its way: its target is there, its bytes are not. */
export type Large = { readonly path: string; readonly seen: Seen; readonly attempt: number }

/** Names of one file. */
export type SameFile = readonly string[]

/** A folder that gets its mode and time when everything in it is done. */
export type Closing = {
  readonly path: string
  readonly mode: number
  /** It may have been made with another mode. */
  readonly exact: boolean
  readonly seconds: number
  readonly nanoseconds: number
}

/** Some entries of a folder, none of them a folder; `fresh` when its copy held nothing before. */
export type FilesJob = {
  readonly kind: 'files'
  readonly path: string
  readonly fresh: boolean
  readonly files: readonly { readonly name: string; readonly kind: Kind | undefined }[]
}

/** A piece of work for a thread. All paths are escaped and relative to both folders. */
export type Job =
  | { readonly kind: 'folders'; readonly paths: readonly string[] }
  | FilesJob
  | StretchJob
  | { readonly kind: 'finish'; readonly large: Large }
  | { readonly kind: 'same'; readonly files: readonly SameFile[] }
  | { readonly kind: 'closing'; readonly folders: readonly Closing[] }
  | { readonly kind: 'flush' }

/** What a thread is sent: a job, or home. */
export type Order = Job | 'end'

/** What threads find and others need to know. */
export type Finding =
  | { readonly kind: 'linked'; readonly path: string; readonly identity: string }
  | { readonly kind: 'large'; readonly large: Large }
  | { readonly kind: 'other'; readonly path: string }
  | { readonly kind: 'closing'; readonly folder: Closing }
  | { readonly kind: 'entry'; readonly entry: TreeEntry }
  | { readonly kind: 'each-by-itself' }

/** What a thread says: work it gives away, what it found, that its job is done, or that it failed. */
export type Said =
  | { readonly kind: 'share'; readonly jobs: readonly Job[] }
  | { readonly kind: 'found'; readonly findings: readonly Finding[] }
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'failed'
      readonly message: string
      readonly code: string | undefined
      readonly syscall: string | undefined
      readonly path: string | undefined
    }
