"""Runs one prompt: nodes in the order their links ask for, results kept for the next prompt, events to the client.

What escapes from here kills the worker thread while HTTP goes on, exactly as in ComfyUI: SystemExit raised by a node does.
"""

import json
import logging
import time
import traceback
from collections import OrderedDict

import comfy.model_management
import nodes
from comfy.cli_args import args
from comfy_execution.progress import Progress


class Failed(Exception):
    """A node raised; carries what the client is told."""

    def __init__(self, event, data):
        super().__init__(event)
        self.event = event
        self.data = data


class Cache:
    """Results by what they were made from; --cache-none keeps none, --cache-lru N the last N."""

    def __init__(self):
        self.kept = OrderedDict()

    def get(self, key):
        if key in self.kept:
            self.kept.move_to_end(key)
        return self.kept.get(key)

    def put(self, key, value):
        if args.cache_none:
            return
        self.kept[key] = value
        while args.cache_lru > 0 and len(self.kept) > args.cache_lru:
            self.kept.popitem(last=False)


class PromptExecutor:
    def __init__(self, server):
        self.server = server
        self.reset()

    def reset(self):
        self.cache = Cache()

    def execute(self, prompt, prompt_id, extra_data, outputs):
        """Fills success, messages and history_result; never raises for a node's own exception."""
        comfy.model_management.interrupt_current_processing(False)
        self.server.client_id = extra_data.get("client_id")
        self.prompt_id = prompt_id
        self.messages = []
        self.history_result = {"outputs": {}, "meta": {}}
        run = Run(self, prompt, extra_data)
        self.server.progress = run.progress
        self._message("execution_start", {"prompt_id": prompt_id}, broadcast=False)
        cached = [node_id for node_id in prompt if self.cache.get(run.key(node_id)) is not None]
        self._message("execution_cached", {"nodes": cached, "prompt_id": prompt_id}, broadcast=False)
        try:
            for node_id in run.order(outputs):
                run.node(node_id)
            self.success = True
            self._message("execution_success", {"prompt_id": prompt_id}, broadcast=False)
        except Failed as failure:
            self.success = False
            self._message(failure.event, failure.data, broadcast=failure.event == "execution_interrupted")
        for node_id, ui in run.shown.items():
            self.history_result["outputs"][node_id] = ui
            self.history_result["meta"][node_id] = {
                "node_id": node_id, "display_node": node_id, "parent_node": None, "real_node_id": node_id}
        self.server.last_node_id = None

    def _message(self, event, data, broadcast):
        data = {**data, "timestamp": int(time.time() * 1000)}
        self.messages.append((event, data))
        if self.server.client_id is not None or broadcast:
            self.server.send_sync(event, data, self.server.client_id)


class Run:
    """One prompt on its way through its nodes."""

    def __init__(self, executor, prompt, extra_data):
        self.executor = executor
        self.server = executor.server
        self.prompt = prompt
        self.extra_data = extra_data
        self.progress = Progress(executor.server, executor.prompt_id)
        self.keys = {}
        self.executed = []
        self.results = {}
        self.shown = {}

    def key(self, node_id):
        """What the result of a node depends on: its class, its values and the keys of what it is linked to."""
        if node_id not in self.keys:
            node = self.prompt[node_id]
            node_class = nodes.NODE_CLASS_MAPPINGS[node["class_type"]]
            parts = [node["class_type"]]
            for name, value in sorted(node["inputs"].items()):
                is_link = _is_link(value) and value[0] in self.prompt
                parts.append([name, [self.key(value[0]), value[1]] if is_link else value])
            if hasattr(node_class, "IS_CHANGED"):
                plain = {name: value for name, value in node["inputs"].items() if not _is_link(value)}
                parts.append(str(node_class.IS_CHANGED(**plain)))
            self.keys[node_id] = json.dumps(parts, default=str)
        return self.keys[node_id]

    def order(self, outputs):
        """Every node an output needs and that is not cached, each after what it is linked to."""
        ordered = []

        def visit(node_id):
            if node_id in ordered or (node_id not in outputs and self.executor.cache.get(self.key(node_id))):
                return
            if not self.executor.cache.get(self.key(node_id)):
                for value in self.prompt[node_id]["inputs"].values():
                    if _is_link(value):
                        visit(value[0])
            ordered.append(node_id)

        for output in outputs:
            visit(output)
        return ordered

    def node(self, node_id):
        kept = self.executor.cache.get(self.key(node_id))
        if kept is not None:
            if kept[1] is not None:
                self._show(node_id, kept[1])
            self.progress.finish(node_id)
            return
        self.server.last_node_id = node_id
        self.progress.start(node_id)
        if self.server.client_id is not None:
            data = {"node": node_id, "display_node": node_id, "prompt_id": self.executor.prompt_id}
            self.server.send_sync("executing", data, self.server.client_id)
        results, ui = self._call(node_id)
        self.results[node_id] = results
        self.executor.cache.put(self.key(node_id), (results, ui))
        if ui is not None:
            self._show(node_id, ui)
        self.progress.finish(node_id)
        self.executed.append(node_id)

    def _show(self, node_id, ui):
        self.shown[node_id] = ui
        if self.server.client_id is not None:
            data = {"node": node_id, "display_node": node_id, "output": ui, "prompt_id": self.executor.prompt_id}
            self.server.send_sync("executed", data, self.server.client_id)

    def _call(self, node_id):
        node = self.prompt[node_id]
        node_class = nodes.NODE_CLASS_MAPPINGS[node["class_type"]]
        inputs = {}
        try:
            inputs = self._inputs(node_id, node_class)
            comfy.model_management.throw_exception_if_processing_interrupted()
            returned = getattr(node_class(), node_class.FUNCTION)(**inputs)
        except comfy.model_management.InterruptProcessingException:
            logging.info("Processing interrupted")
            raise Failed("execution_interrupted", self._who(node_id)) from None
        except Exception as raised:
            raise Failed("execution_error", self._failure(node_id, inputs, raised)) from None
        if isinstance(returned, dict):
            return returned.get("result", ()), returned.get("ui")
        return returned, None

    def _inputs(self, node_id, node_class):
        declared = node_class.INPUT_TYPES()
        known = {**declared.get("required", {}), **declared.get("optional", {})}
        found = {}
        for name, value in self.prompt[node_id]["inputs"].items():
            if _is_link(value):
                found[name] = self._result_of(value)
            elif name in known:
                found[name] = value
        hidden = {"PROMPT": self.prompt, "EXTRA_PNGINFO": self.extra_data.get("extra_pnginfo"), "UNIQUE_ID": node_id}
        for name, kind in declared.get("hidden", {}).items():
            if kind in hidden:
                found[name] = hidden[kind]
        return found

    def _result_of(self, link):
        source, slot = link
        if source in self.results:
            return self.results[source][slot]
        return self.executor.cache.get(self.key(source))[0][slot]

    def _who(self, node_id):
        return {"prompt_id": self.executor.prompt_id, "node_id": node_id,
                "node_type": self.prompt[node_id]["class_type"], "executed": list(self.executed)}

    def _failure(self, node_id, inputs, raised):
        kind = type(raised)
        name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        logging.error("!!! Exception during processing !!! %s", raised)
        logging.error(traceback.format_exc())
        message = f"{raised}\n"
        if isinstance(raised, comfy.model_management.OutOfMemoryError):
            message += "This error means you ran out of memory on your GPU.\n"
        shown = {key: [_readable(value)] for key, value in inputs.items()}
        return {**self._who(node_id), "exception_message": message, "exception_type": name,
                "traceback": traceback.format_tb(raised.__traceback__), "current_inputs": shown,
                "current_outputs": list(self.prompt)}


def _is_link(value):
    return isinstance(value, list) and len(value) == 2


def _readable(value):
    return value if value is None or isinstance(value, (int, float, bool, str)) else str(value)
