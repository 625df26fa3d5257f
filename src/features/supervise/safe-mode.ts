import type { Tell } from '../../base/event.ts'
import type { ServiceSpec } from '../../base/service.ts'

/** Tells when a service comes into safe mode, and when it leaves it; each once. */
export type SafeMode = {
  /** `without` is what it is started without; undefined where that is not known. */
  readonly enter: (why: string | undefined, without: string | undefined) => void
  readonly leave: () => void
}

/** A service that is not in safe mode yet. */
export function safeMode({ name, title }: ServiceSpec, tell: Tell): SafeMode {
  let holds = false
  return {
    enter: (why, without) => {
      if (holds) return
      holds = true
      const how = [
        ...(why === undefined ? [] : [why]),
        ...(without === undefined ? [] : [`without ${without}`]),
      ]
      const text = `${title}: ${how.join(', ')}. Once the cause is mended, «comfy-init restart ${name}» starts it as usual.`
      tell({ type: 'condition', condition: 'safe-mode', text })
    },
    leave: () => {
      if (holds) tell({ type: 'condition', condition: 'safe-mode' })
      holds = false
    },
  }
}
