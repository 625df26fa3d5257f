import { expect, test } from 'vitest'
import {
  fileText,
  firstRunning,
  parseFile,
  parseQueue,
  requestFor,
} from '../../../src/features/queue/queued-prompt.ts'

const SEED = '18446744073709551615'
const PROMPT = `{"12": {"inputs": {"seed": ${SEED}, "cfg": 7.0, "x": NaN}}, "3": {"class_type": "KSampler"}}`
const WAITING = `[5, "id-b", ${PROMPT}, {"client_id": "me"}, ["12"]]`
const QUEUE = `{"queue_running": [[4, "id-a", {}, {}, []]], "queue_pending": [[7, "id-c", {}, {}, []], ${WAITING}]}`

test('the queue is read in the order in which it will run, each prompt as it is written', () => {
  const queue = parseQueue(QUEUE)

  expect(queue?.running.map(({ id }) => id)).toEqual(['id-a'])
  expect(queue?.pending.map(({ id }) => id)).toEqual(['id-b', 'id-c'])
  expect(queue?.pending[0]?.text).toBe(WAITING)
})

test('an answer that is no queue is none, and what is no prompt is left out', () => {
  for (const body of ['', '{}', '[]', 'Bad Gateway', '{"queue_running": []}', QUEUE.slice(0, -3)])
    expect(parseQueue(body) ?? 'none', body).toBe('none')
  const odd = '{"queue_running": [], "queue_pending": [7, [1], [1, 2, {}], ["x", "id", {}], [1, "good", {}]]}'
  expect(parseQueue(odd)?.pending.map(({ id }) => id)).toEqual(['good'])
})

test('a prompt is queued again with its seed, its order of nodes, its id, its client and its outputs', () => {
  const [prompt] = parseQueue(QUEUE)?.pending ?? []

  expect(prompt && requestFor(prompt)).toBe(
    `{"prompt": ${PROMPT}, "prompt_id": "id-b", "extra_data": {"client_id": "me"}, "partial_execution_targets": ["12"]}`,
  )
})

test('a prompt without known outputs is queued for all of them', () => {
  const prompt = { id: 'a', number: 1, text: '[1, "a", {}, {}, []]' }

  expect(requestFor(prompt)).toBe('{"prompt": {}, "prompt_id": "a", "extra_data": {}}')
})

test('a file of prompts has one in each line and is read back as it was', () => {
  const texts = [WAITING, '[7, "id-c", {}, {}, []]']

  expect(fileText(texts)).toBe(`[\n${texts.join(',\n')}\n]\n`)
  expect(promptsOf(fileText(texts))?.map(({ text }) => text)).toEqual(texts)
  expect(promptsOf('{"prompts": 1}')).toBeUndefined()
})

test('a file that a person formatted is read as well', () => {
  const [prompt] = promptsOf(JSON.stringify([[1, 'a', { '1': {} }, {}, []]], undefined, 2)) ?? []

  expect(prompt?.id).toBe('a')
  expect(prompt?.text).not.toContain('\n')
  expect(JSON.parse(prompt?.text ?? '')).toEqual([1, 'a', { '1': {} }, {}, []])
})

test('the prompt that runs is found in the first bytes of the queue', () => {
  expect(firstRunning('{"queue_running": [[17.5, "id-a", {"1": {"inp')).toBe('id-a')
  expect(firstRunning('{"queue_running": [[-3, "id-a"')).toBe('id-a')
  expect(firstRunning('{"queue_running": [], "queue_pending": [[1, "id-b", {')).toBeUndefined()
  expect(firstRunning('')).toBeUndefined()
})

function promptsOf(text: string) {
  return parseFile(text)?.prompts
}
