/** Does something synchronous whose only warning is Node's «this is experimental», and loses that warning. */
export function quietly<Result>(act: () => Result): Result {
  const emitWarning = process.emitWarning
  process.emitWarning = () => {}
  try {
    return act()
  } finally {
    process.emitWarning = emitWarning
  }
}
