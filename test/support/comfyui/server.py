"""PromptServer: who is connected, what goes to whom, and the rules every request passes."""

import json
import logging
import struct
import threading
import urllib.parse
import uuid

from app import websocket
from app.http_server import HttpServer, Response
from app.routing import Routes
from comfy.cli_args import args
from comfy_execution.prompt_queue import PromptQueue
from protocol import BinaryEventTypes

CONTENT_POLICY = ("default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
                  "img-src 'self' data: blob:; font-src 'self'; connect-src 'self' data:; frame-src 'self'; object-src 'self';")
IMAGE_KINDS = {"JPEG": 1, "PNG": 2}


def max_body_bytes():
    return round(args.max_upload_size * 1024 * 1024)


def features():
    manager = {"supports_v4": True, **({"supports_csrf_post": True} if args.enable_manager else {})}
    return {"supports_preview_metadata": True, "supports_model_type_tags": True, "max_upload_size": max_body_bytes(),
            "extension": {"manager": manager}, "node_replacements": True, "assets": args.enable_assets}


class PromptServer:
    instance = None

    def __init__(self):
        PromptServer.instance = self
        self.routes = Routes()
        self.sockets = {}
        self.flags = {}
        self.log_readers = set()
        self.guard = threading.RLock()
        self.prompt_queue = PromptQueue(lambda: self.send_sync("status", {"status": self.queue_info()}))
        self.number = 0
        self.client_id = None
        self.last_node_id = None
        self.last_prompt_id = None
        self.progress = None
        self.http = HttpServer(self.answer, max_body_bytes())

    def queue_info(self):
        return {"exec_info": {"queue_remaining": self.prompt_queue.remaining()}}

    def supports(self, sid, feature):
        return bool(self.flags.get(sid, {}).get(feature))

    def send_sync(self, event, data, sid=None):
        """event: a name with a JSON-able dict, or a BinaryEventTypes number; sid None sends to every socket."""
        if isinstance(event, int):
            opcode, message = websocket.BINARY, _binary(event, data)
        else:
            opcode, message = websocket.TEXT, json.dumps({"type": event, "data": data}).encode()
        with self.guard:
            receivers = list(self.sockets.values()) if sid is None else [self.sockets[sid]] if sid in self.sockets else []
        for receiver in receivers:
            receiver.send(opcode, message)

    def handle_socket(self, request):
        """Serves one client until it goes. As in ComfyUI the last socket of a clientId wins, and an older one that
        closes takes the newer one's place in the list with it."""
        if not websocket.wanted(request):
            return Response(400, b"No WebSocket UPGRADE hdr: None\n Can \"Upgrade\" only to \"WebSocket\".", "text/plain; charset=utf-8")
        sid = request.query.get("clientId") or uuid.uuid4().hex
        with self.guard:
            self.sockets.pop(sid, None)
            self.flags[sid] = {}
            socket = websocket.WebSocket(request)
            self.sockets[sid] = socket
            socket.send_json({"type": "status", "data": {"status": self.queue_info(), "sid": sid}})
            if self.client_id == sid and self.last_node_id is not None:
                socket.send_json({"type": "executing", "data": {"node": self.last_node_id}})
        first = True
        for text in socket.messages():
            self._read(sid, socket, text, first)
            first = False
        with self.guard:
            self.sockets.pop(sid, None)
            self.flags.pop(sid, None)
        return None

    def _read(self, sid, socket, text, first):
        try:
            message = json.loads(text)
        except ValueError:
            logging.warning("Invalid JSON received from client %s: %s", sid, text)
            return
        if first and isinstance(message, dict) and message.get("type") == "feature_flags":
            self.flags[sid] = message.get("data", {})
            socket.send_json({"type": "feature_flags", "data": features()})

    def answer(self, request):
        if args.enable_cors_header is None and _is_foreign(request):
            return Response(403)
        response = self.routes.answer(request)
        if response is None:
            return None
        if args.enable_cors_header is not None:
            response.headers.update({
                "Access-Control-Allow-Origin": args.enable_cors_header,
                "Access-Control-Allow-Methods": "POST, GET, DELETE, PUT, OPTIONS, PATCH",
                "Access-Control-Allow-Headers": "Content-Type, Authorization",
                "Access-Control-Allow-Credentials": "true",
            })
        if args.disable_api_nodes and request.method != "OPTIONS" and response.status != 405:
            response.headers["Content-Security-Policy"] = CONTENT_POLICY
        return response

    def listen(self):
        """Binds every address of --listen; only a port in use is explained, any other error is a crash."""
        logging.info("Starting server\n")
        for address in args.listen.split(","):
            try:
                self.http.listen(address, args.port)
            except OSError as error:
                if error.errno != 98:
                    raise
                logging.error("Port %d is already in use on address %s. Please close the other application or use a "
                              "different port with --port.", args.port, address)
                raise SystemExit(1) from None
        for address in () if args.dont_print_server else args.listen.split(","):
            shown = f"[{address}]" if ":" in address else address
            logging.info("To see the GUI go to: http://%s:%d", shown, args.port)


def _binary(event, data):
    if event == BinaryEventTypes.PREVIEW_IMAGE_WITH_METADATA:
        image, metadata = data
        text = json.dumps(metadata).encode()
        return struct.pack(">II", event, len(text)) + text + image
    if event in (BinaryEventTypes.PREVIEW_IMAGE, BinaryEventTypes.UNENCODED_PREVIEW_IMAGE):
        kind, image = data[0], data[1]
        return struct.pack(">II", BinaryEventTypes.PREVIEW_IMAGE, IMAGE_KINDS[kind]) + image
    return struct.pack(">I", event) + bytes(data)


def _is_foreign(request):
    """Whether a page of another site asks: what the browser says itself, else Host against Origin on loopback."""
    if request.headers.get("sec-fetch-site") == "cross-site":
        return True
    host, origin = request.headers.get("host"), request.headers.get("origin")
    if not host or not origin:
        return False
    here, there = urllib.parse.urlsplit("//" + host.lower()), urllib.parse.urlsplit(origin.lower())
    if not there.netloc or not _is_loopback(here.hostname):
        return False
    same = here.hostname == there.hostname if here.port is None or there.port is None else here.netloc == there.netloc
    if not same:
        logging.warning("WARNING: request with non matching host and origin %s != %s, returning 403", here.netloc, there.netloc)
    return not same


def _is_loopback(name):
    return name is not None and (name == "localhost" or name == "::1" or name.startswith("127."))
