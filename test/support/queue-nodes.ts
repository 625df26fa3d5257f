/** A custom node pack for the stand-in: a node that ends the thread which works on the queue, loudly or not, or never returns. */
export const QUEUE_NODES = `
import sys
import time


class Escaped(BaseException):
    pass


class Trouble:
    @classmethod
    def INPUT_TYPES(cls):
        return {"required": {"how": ("STRING", {})}}

    RETURN_TYPES = ()
    FUNCTION = "run"
    CATEGORY = "test"
    OUTPUT_NODE = True

    def run(self, how):
        if how == "exit":
            sys.exit(3)
        if how == "escape":
            raise Escaped("nobody catches this")
        while how == "hang":
            time.sleep(1)
        while how == "compute":
            sum(range(10000))
        return ()


NODE_CLASS_MAPPINGS = {"Trouble": Trouble}
`

/** A prompt that gets into trouble: `exit` and `escape` end the thread, `hang` and `compute` never return. */
export function troublePrompt(how: 'exit' | 'escape' | 'hang' | 'compute') {
  return { '1': { class_type: 'Trouble', inputs: { how } } }
}

/** A prompt that takes so many tenths of a second and saves a picture whose name begins with the prefix. */
export function slowPrompt(tenths: number, prefix: string, color = Math.floor(Math.random() * 0xffffff)) {
  return {
    '1': { class_type: 'EmptyImage', inputs: { width: 8, height: 8, batch_size: 1, color } },
    '2': { class_type: 'SlowNode', inputs: { image: ['1', 0], steps: tenths, mode: 'ok' } },
    '3': { class_type: 'SaveImage', inputs: { images: ['2', 0], filename_prefix: prefix } },
  }
}
