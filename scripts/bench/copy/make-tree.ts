import { closeSync, mkdirSync, openSync, symlinkSync, writeSync } from 'node:fs'

/** A tree to copy: `small` files of 1–64 KB (15 KB on average) in folders, `large` files of so many bytes each. */
export type Shape = { readonly small: number; readonly large: number; readonly largeBytes: number }

/** Makes a tree that is shaped like a venv: packages with folders in folders, most files small; always the same one. */
export function makeTree(folder: string, shape: Shape): void {
  const random = generator(1)
  const noise = Buffer.alloc(1024 * 1024)
  for (let at = 0; at < noise.length; at += 4) noise.writeUInt32LE(Math.floor(random() * 2 ** 32), at)
  const write = (path: string, bytes: number) => {
    const file = openSync(path, 'w', random() < 0.1 ? 0o755 : 0o644)
    for (let left = bytes; left > 0; left -= noise.length)
      writeSync(file, noise, 0, Math.min(left, noise.length))
    closeSync(file)
  }
  let path = folder
  for (let at = 0; at < shape.small; at++) {
    if (at % 11 === 0) {
      path = `${folder}/package-${Math.floor(at / 220)}/${['core', 'tests/data', 'lib/x/y', '__pycache__'][at % 4]}-${at}`
      mkdirSync(path, { recursive: true })
    }
    if (at % 500 === 0) symlinkSync('module_0.py', `${path}/link`)
    write(`${path}/module_${at}.py`, Math.round(2 ** (10 + 6 * random())))
  }
  for (let at = 0; at < shape.large; at++) write(`${folder}/package-${at}/library.so.${at}`, shape.largeBytes)
}

// The same numbers every time: a linear congruential generator (the constants of Numerical Recipes).
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}
