"""What the server says of itself: statistics, features, logs, settings, the page, the Manager."""

import os
import sys

import comfy.model_management
import comfyui_version
from app import logger, requirements
from app.http_server import Hangup, Response, json_response, text_response
from app.routes_files import file_response
from comfy.cli_args import args
from server import features

PAGE = b"<!doctype html><title>ComfyUI</title><p>Stand-in\n"
NO_STORE = {"Cache-Control": "no-store, must-revalidate", "Pragma": "no-cache", "Expires": "0"}
LOG_SIZE = {"cols": 80, "rows": 24}
ASSETS_OFF = {"error": {"code": "SERVICE_DISABLED", "message": "Assets system is disabled. Start the server with "
                        "--enable-assets to use this feature.", "details": {}}}


def add(server):
    routes = server.routes
    routes.add("GET", "/system_stats", lambda request: json_response(_stats()))
    routes.add("GET", "/features", lambda request: json_response(features()))
    routes.add("GET", "/users", lambda request: json_response({"storage": "server", "migrated": False}))
    for path in ("/settings", "/i18n", "/workflow_templates", "/node_replacements", "/global_subgraphs"):
        routes.add("GET", path, lambda request: json_response({}))
    routes.add("GET", "/userdata", lambda request: text_response("Directory not provided", 400))
    for path in ("/assets", "/tags"):
        routes.add("GET", path, lambda request: json_response(ASSETS_OFF, 503), plain=False)
    routes.add("GET", "/internal/logs/raw", lambda request: json_response(
        {"entries": list(logger.entries), "size": LOG_SIZE}), api=False)
    routes.add("GET", "/internal/logs", lambda request: json_response(
        "".join(f"{entry['t']} - {entry['m']}" for entry in list(logger.entries))), api=False)
    _add_log_readers(server)
    _add_page(routes)


def _stats():
    total, free = comfy.model_management.memory_bytes()
    required = requirements.required()
    installed = requirements.INSTALLED
    return {
        "system": {
            "os": sys.platform,
            "ram_total": total,
            "ram_free": free,
            "comfyui_version": comfyui_version.__version__,
            "required_frontend_version": required.get("comfyui-frontend-package"),
            "installed_templates_version": installed.get("comfyui-workflow-templates"),
            "required_templates_version": required.get("comfyui-workflow-templates"),
            "comfy_package_versions": [{"name": name, "installed": installed.get(name), "required": required.get(name)}
                                       for name in requirements.PACKAGES],
            "python_version": sys.version,
            "pytorch_version": comfy.model_management.pytorch_version(),
            "embedded_python": False,
            "deploy_environment": _deploy_environment(),
            "argv": sys.argv,
        },
        "devices": [comfy.model_management.device()],
    }


def _deploy_environment():
    try:
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".comfy_environment"), encoding="utf-8") as file:
            return file.readline().strip() or "local-git"
    except OSError:
        return "local-git"


def _add_log_readers(server):
    def subscribe(request):
        asked = request.json()
        if asked["enabled"]:
            server.log_readers.add(asked["clientId"])
        else:
            server.log_readers.discard(asked["clientId"])
        return Response()

    def tell(entries):
        for sid in list(server.log_readers):
            server.send_sync("logs", {"entries": entries, "size": LOG_SIZE}, sid)

    server.routes.add("PATCH", "/internal/logs/subscribe", subscribe, api=False)
    logger.on_flush(tell)


def _add_page(routes):
    root = args.front_end_root and os.path.abspath(args.front_end_root)

    def page(request):
        path = os.path.join(root, "index.html") if root else None
        response = file_response(path, request) if path and os.path.isfile(path) else Response(200, PAGE, "text/html")
        response.headers.update(NO_STORE)
        return response

    routes.add("GET", "/", page)
    routes.add("GET", "/index.html", page)
    for name in sorted(os.listdir(root)) if root else ():
        path = os.path.join(root, name)
        if os.path.isfile(path) and name != "index.html":
            routes.add("GET", "/" + name, lambda request, path=path: file_response(path, request))


def add_manager(server, reboot):
    """The few routes of ComfyUI-Manager that a supervisor meets; reboot() starts the restart."""
    routes = server.routes
    routes.add("GET", "/v2/manager/version", lambda request: text_response("V4.2.2"))
    routes.add("GET", "/v2/manager/is_legacy_manager_ui", lambda request: json_response({"is_legacy_manager_ui": False}))
    routes.add("GET", "/v2/manager/queue/status", lambda request: json_response(
        {"total_count": 0, "done_count": 0, "in_progress_count": 0, "pending_count": 0, "is_processing": False}))
    routes.add("GET", "/v2/customnode/installed", lambda request: json_response({}))

    @routes.post("/v2/manager/reboot")
    def post_reboot(request):
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain"):
            return text_response("Invalid Content-Type for this endpoint. Use application/json or omit body.", 400)
        reboot()
        raise Hangup
