/** One server-sent event: its name and its data. */
export type SentEvent = { readonly event: string; readonly data: string }

/** Reads server-sent events from parts of a stream; what has no end yet is kept. */
export function eventReader(): {
  readonly push: (part: Uint8Array) => readonly SentEvent[]
  readonly rest: () => string
} {
  const decoder = new TextDecoder()
  let kept = ''
  return {
    push: (part) => {
      const blocks = (kept + decoder.decode(part, { stream: true })).split('\n\n')
      kept = blocks.pop() ?? ''
      return blocks.flatMap(readEvent)
    },
    rest: () => kept,
  }
}

function readEvent(block: string): readonly SentEvent[] {
  const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line))
  const fieldOf = (name: string) => fields.find((field) => field?.[1] === name)?.[2]
  const data = fieldOf('data')
  return data === undefined ? [] : [{ event: fieldOf('event') ?? 'message', data }]
}
