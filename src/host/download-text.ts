import type { AskedAt, TextAnswer } from './download.ts'
import { noAnswer, openAnswer } from './download-request.ts'

const MOST_BYTES = 4 * 1024 * 1024

/** Gets a small text, whatever its status. */
export async function downloadText(asked: AskedAt): Promise<TextAnswer> {
  const late = AbortSignal.timeout(Math.max(1, asked.timeoutMs))
  const opened = await openAnswer(asked, { accept: 'application/json' }, late)
  if (opened.kind !== 'opened') return opened
  const { answer } = opened
  const chunks: Buffer[] = []
  let bytes = 0
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > MOST_BYTES)
        return { kind: 'unreachable', reason: `it answers with more than ${MOST_BYTES} bytes` }
    }
  } catch (error) {
    asked.signal?.throwIfAborted()
    return noAnswer(error, late)
  }
  return { kind: 'answered', status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }
}
