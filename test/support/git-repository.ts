import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** Path → text; a text that begins with `#!` is executable, `-> x` becomes a link to x. */
export type Files = Readonly<Record<string, string>>

/** A repository that lies bare in a folder of repositories, and the way to go on with it. */
export type Repository = {
  readonly name: string
  /** The bare repository. */
  readonly path: string
  /** Writes files on a branch, commits, publishes; gives the commit. Files that are undefined are removed. */
  readonly commit: (
    files: Readonly<Record<string, string | undefined>>,
    on?: { readonly branch?: string; readonly tag?: string },
  ) => string
  /** Makes another repository, which is had at a URL, a submodule at a path, and commits. */
  readonly addSubmodule: (other: Repository, url: string, at: string) => string
  /** Takes a branch back to a commit and forgets what came after: those commits are gone from the world. */
  readonly forgetAfter: (commit: string, branch?: string) => void
  /** The commit that a branch is at. */
  readonly head: (branch?: string) => string
}

/** Makes `<folder>/<name>.git` with one commit of these files on `main`; `work` is where its work tree may lie. */
export function makeRepository(folder: string, name: string, files: Files): Repository {
  const path = `${folder}/${name}.git`
  const work = mkdtempSync(join(tmpdir(), 'comfy-init-work-'))
  try {
    gitIn(work, 'init', '--quiet', '--initial-branch=main', '--template=')
    put(work, files)
    gitIn(work, 'add', '--all')
    gitIn(work, 'commit', '--quiet', '--allow-empty', '--message', 'Begin')
    gitIn(work, 'clone', '--quiet', '--bare', '--template=', work, path)
    gitIn(path, 'remote', 'remove', 'origin')
    publish(path)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  const head = (branch = 'main') => gitIn(path, 'rev-parse', `refs/heads/${branch}`)
  return {
    name,
    path,
    head,
    commit: (changes, { branch = 'main', tag } = {}) =>
      inWorkTree(path, branch, (tree) => {
        put(tree, changes)
        gitIn(tree, 'add', '--all')
        gitIn(tree, 'commit', '--quiet', '--allow-empty', '--message', 'Go on')
        if (tag !== undefined) gitIn(tree, 'tag', '--annotate', '--message', tag, tag)
      }),
    addSubmodule: (other, url, at) =>
      inWorkTree(path, 'main', (tree) => {
        // Nobody serves the URL while this waits for git.
        gitIn(tree, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', other.path, at)
        gitIn(tree, 'config', '--file', '.gitmodules', `submodule.${at}.url`, url)
        gitIn(tree, 'commit', '--quiet', '--all', '--message', 'Take a submodule')
      }),
    forgetAfter: (commit, branch = 'main') => {
      gitIn(path, 'update-ref', `refs/heads/${branch}`, commit)
      gitIn(path, 'reflog', 'expire', '--expire=now', '--all')
      gitIn(path, 'gc', '--quiet', '--prune=now')
      publish(path)
    },
  }
}

function inWorkTree(path: string, branch: string, change: (tree: string) => void): string {
  const tree = mkdtempSync(join(tmpdir(), 'comfy-init-work-'))
  try {
    const isThere = gitIn(path, 'branch', '--list', branch) !== ''
    gitIn(tree, 'clone', '--quiet', '--template=', ...(isThere ? ['--branch', branch] : []), path, '.')
    if (!isThere) gitIn(tree, 'switch', '--quiet', '--create', branch)
    change(tree)
    gitIn(tree, 'push', '--quiet', '--follow-tags', 'origin', branch)
    publish(path)
    return gitIn(tree, 'rev-parse', 'HEAD')
  } finally {
    rmSync(tree, { recursive: true, force: true })
  }
}

function put(folder: string, files: Readonly<Record<string, string | undefined>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = `${folder}/${name}`
    rmSync(path, { recursive: true, force: true })
    if (text === undefined) continue
    mkdirSync(dirname(path), { recursive: true })
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), path)
    else writeFileSync(path, text)
    if (text.startsWith('#!')) chmodSync(path, 0o755)
  }
}

// For a server without smarts, and for whoever reads the folder as another user.
function publish(path: string): void {
  gitIn(path, 'update-server-info')
  execFileSync('chmod', ['-R', 'a+rX', path])
}

/** Runs git in a folder, as somebody with a name and with nobody’s configuration; gives what it printed. */
export function gitIn(folder: string, ...args: readonly string[]): string {
  const who = {
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b',
  }
  const times = { GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z', GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z' }
  const safe = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'safe.directory', GIT_CONFIG_VALUE_0: '*' }
  return execFileSync('git', ['-C', folder, '-c', 'gc.auto=0', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      ...who,
      ...times,
      ...safe,
    },
  }).trim()
}
