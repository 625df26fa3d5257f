"""Prompts: posting them, the queue, the history, interrupting."""

import json
import logging
import time
import uuid

import comfy.model_management
from app.http_server import Response, json_response
from comfy_execution.validation import error, validate_prompt

SENSITIVE = ("auth_token_comfy_org", "api_key_comfy_org")


def add(server):
    routes, queue = server.routes, server.prompt_queue
    routes.add("GET", "/ws", server.handle_socket)
    routes.add("GET", "/prompt", lambda request: json_response(server.queue_info()))
    routes.add("POST", "/prompt", lambda request: _post_prompt(server, request))

    @routes.get("/queue")
    def get_queue(request):
        running, waiting = queue.current()
        return json_response({"queue_running": running, "queue_pending": waiting})

    @routes.post("/queue")
    def post_queue(request):
        asked = request.json()
        if asked.get("clear"):
            queue.remove(lambda item: True)
        for prompt_id in asked.get("delete", ()):
            queue.remove(lambda item, wanted=prompt_id: item[1] == wanted)
        return Response()

    @routes.post("/interrupt")
    def post_interrupt(request):
        prompt_id = _body_or_empty(request).get("prompt_id")
        if prompt_id is None:
            logging.info("Global interrupt (no prompt_id specified)")
            comfy.model_management.interrupt_current_processing()
        elif any(item[1] == prompt_id for item in queue.current()[0]):
            logging.info("Interrupting prompt %s", prompt_id)
            comfy.model_management.interrupt_current_processing()
        else:
            logging.info("Prompt %s is not currently running, skipping interrupt", prompt_id)
        return Response()

    @routes.post("/free")
    def post_free(request):
        asked = request.json()
        for name in ("unload_models", "free_memory"):
            if asked.get(name):
                queue.set_flag(name, True)
        return Response()

    @routes.get("/history")
    def get_history(request):
        maximum = request.query.get("max_items")
        return json_response(queue.history(None if maximum is None else int(maximum), int(request.query.get("offset", -1))))

    @routes.get("/history/{prompt_id}")
    def get_history_entry(request):
        entry = queue.entry(request.params["prompt_id"])
        return json_response({} if entry is None else {request.params["prompt_id"]: entry})

    @routes.post("/history")
    def post_history(request):
        asked = request.json()
        if asked.get("clear"):
            queue.forget()
        for prompt_id in asked.get("delete", ()):
            queue.forget(prompt_id)
        return Response()


def _body_or_empty(request):
    try:
        return request.json()
    except ValueError:
        return {}


def _refuse(problem, node_errors=None):
    return json_response({"error": problem, "node_errors": node_errors or {}}, 400)


def _post_prompt(server, request):
    logging.info("got prompt")
    asked = request.json()
    number = _number(server, asked)
    if "prompt" not in asked:
        return _refuse(error("no_prompt", "No prompt provided", "No prompt provided"))
    prompt_id = asked.get("prompt_id")
    if prompt_id is None:
        prompt_id = str(uuid.uuid4())
    elif not _is_canonical_uuid(prompt_id):
        return _refuse(error("invalid_prompt_id", "prompt_id must be a valid UUID",
                             "prompt_id must be a UUID string in canonical lowercase hyphenated form; omit it to let the server generate one"))
    verdict = validate_prompt(asked["prompt"], asked.get("partial_execution_targets"))
    if not verdict.accepted:
        logging.warning("invalid prompt: %s", verdict.problem)
        return _refuse(verdict.problem, verdict.node_errors)
    extra = asked.get("extra_data") or {}
    if "client_id" in asked:
        extra["client_id"] = asked["client_id"]
    secrets = {key: extra.pop(key) for key in SENSITIVE if key in extra}
    extra["create_time"] = int(time.time() * 1000)
    server.prompt_queue.put((number, prompt_id, asked["prompt"], extra, verdict.outputs, secrets))
    return json_response({"prompt_id": prompt_id, "number": number, "node_errors": verdict.node_errors})


def _number(server, asked):
    """The place in the queue: as asked, else the next one, negative for the front. Counts up for refused prompts too."""
    if "number" in asked:
        return float(asked["number"])
    number = -server.number if "front" in asked and asked["front"] else server.number
    server.number += 1
    return number


def _is_canonical_uuid(text):
    try:
        return isinstance(text, str) and str(uuid.UUID(text)) == text
    except ValueError:
        return False


def worker(server, executor):
    """The thread that runs prompts. Nothing here catches what the executor lets through."""
    queue = server.prompt_queue
    while True:
        taken = queue.get(timeout=1000.0)
        if taken is not None:
            item, key = taken
            started = time.perf_counter()
            server.last_prompt_id = item[1]
            executor.execute(item[2], item[1], {**item[3], **item[5]}, item[4])
            status = {"status_str": "success" if executor.success else "error", "completed": executor.success,
                      "messages": json.loads(json.dumps(executor.messages))}
            queue.finish(key, executor.history_result, status)
            if server.client_id is not None:
                server.send_sync("executing", {"node": None, "prompt_id": item[1]}, server.client_id)
            logging.info("Prompt executed in %.2f seconds", time.perf_counter() - started, extra={"color": "green"})
        if queue.take_flags().get("free_memory"):
            executor.reset()
