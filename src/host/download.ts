/** What to ask over HTTP(S); redirects are followed, proxies and certificates are those of the environment. */
export type AskedAt = {
  readonly url: string
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Why nothing came, in words without a full stop; another try may have more luck. */
export type NoAnswer = { readonly kind: 'unreachable'; readonly reason: string }

/** A small answer: at most 4 MiB of it. */
export type TextAnswer =
  | { readonly kind: 'answered'; readonly status: number; readonly text: string }
  | NoAnswer

/** A file to get. What a crash or a lost line leaves lies in `<path>.part`, and the next try goes on with it. */
export type FileWanted = AskedAt & {
  readonly path: string
  readonly mostBytes: number
  /** Of the whole file; another one is still `got`, and for the caller to refuse. */
  readonly sha256?: string
}

/** What came of it; `sha256` in lower-case hex is of the bytes that lie at the path. */
export type FileGot =
  | { readonly kind: 'got'; readonly bytes: number; readonly sha256: string }
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'too-large'; readonly mostBytes: number }
  | NoAnswer

/** Things from other machines. What is wrong over there is an answer; what is wrong with the own disk throws the system’s error. */
export type Download = {
  readonly text: (asked: AskedAt) => Promise<TextAnswer>
  readonly file: (wanted: FileWanted) => Promise<FileGot>
}

/** Real downloads, loaded with the first of them. */
export function realDownload(): Download {
  return {
    text: async (asked) => (await import('./download-text.ts')).downloadText(asked),
    file: async (wanted) => (await import('./download-file.ts')).downloadFile(wanted),
  }
}
