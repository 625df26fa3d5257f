"""How far each node of the running prompt is; every change goes out as progress_state."""

from protocol import BinaryEventTypes


class Progress:
    def __init__(self, server, prompt_id):
        self.server = server
        self.prompt_id = prompt_id
        self.nodes = {}

    def start(self, node_id):
        self.nodes[node_id] = {"value": 0.0, "max": 1.0, "state": "running"}
        self._tell()

    def update(self, node_id, value, total, preview):
        self.nodes[node_id] = {"value": value, "max": total, "state": "running"}
        self._tell()
        if preview is not None and self.server.supports(self.server.client_id, "supports_preview_metadata"):
            kind, image = preview
            metadata = {**self._identity(node_id), "image_type": "image/png" if kind == "PNG" else "image/jpeg"}
            self.server.send_sync(BinaryEventTypes.PREVIEW_IMAGE_WITH_METADATA, (image, metadata), self.server.client_id)

    def finish(self, node_id):
        node = self.nodes.setdefault(node_id, {"value": 1, "max": 1})
        node.update(value=node["max"], state="finished")
        self._tell()

    def _identity(self, node_id):
        return {"node_id": node_id, "prompt_id": self.prompt_id, "display_node_id": node_id, "parent_node_id": None,
                "real_node_id": node_id}

    def _tell(self):
        states = {node_id: {**node, **self._identity(node_id)} for node_id, node in self.nodes.items()}
        self.server.send_sync("progress_state", {"prompt_id": self.prompt_id, "nodes": states}, self.server.client_id)


def hook_for(server):
    """The function behind every ProgressBar: an interruption shows here, then progress and preview go out."""
    from comfy.model_management import throw_exception_if_processing_interrupted

    def hook(value, total, preview, prompt_id=None, node_id=None):
        throw_exception_if_processing_interrupted()
        prompt_id = prompt_id or server.last_prompt_id
        node_id = node_id or server.last_node_id
        if server.progress is not None:
            server.progress.update(node_id, value, total, preview)
        data = {"value": value, "max": total, "prompt_id": prompt_id, "node": node_id}
        server.send_sync("progress", data, server.client_id)
        if preview is not None and not server.supports(server.client_id, "supports_preview_metadata"):
            server.send_sync(BinaryEventTypes.PREVIEW_IMAGE, preview, server.client_id)

    return hook
