"""What is answered to whom."""

import hmac
import json
import urllib.parse
from http.server import BaseHTTPRequestHandler

from jupyterlab import __version__

OPEN_LAB = b"<!doctype html><html><head><title>JupyterLab</title></head></html>\n"
LOGIN = b"<!doctype html><html><head><title>Jupyter Server</title></head></html>\n"
STATUS = {"connections": 0, "kernels": 0, "last_activity": "1970-01-01T00:00:00.000000Z", "started": "1970-01-01T00:00:00.000000Z"}


def handler(token, log):
    """A request handler class that knows the token."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        server_version = "TornadoServer/6.5"

        def do_GET(self):
            path, _, query = self.path.partition("?")
            if path == "/api":
                self._json(200, {"version": __version__})
            elif path.startswith("/api/"):
                self._api(path)
            elif path == "/":
                self._redirect("/lab?")
            elif path == "/login":
                self._page(200, LOGIN)
            elif path == "/lab" or path.startswith("/lab/"):
                if self._may_enter():
                    self._page(200, OPEN_LAB)
                else:
                    self._redirect("/login?next=" + urllib.parse.quote(self.path, safe=""))
            else:
                self._page(404, LOGIN)

        def do_HEAD(self):
            self._json(405, {})

        def do_POST(self):
            self._page(403, LOGIN)

        def _api(self, path):
            if not self._may_enter():
                self._json(403, {"message": "Forbidden", "reason": None})
            elif path == "/api/status":
                self._json(200, STATUS)
            elif path in ("/api/kernels", "/api/sessions", "/api/terminals"):
                self._json(200, [])
            else:
                self._json(404, {"message": "Not Found", "reason": None})

        def _may_enter(self):
            query = urllib.parse.parse_qs(self.path.partition("?")[2])
            kind, _, given = self.headers.get("Authorization", "").partition(" ")
            offered = [*query.get("token", []), *([given] if kind.lower() in ("token", "bearer") else [])]
            return any(hmac.compare_digest(each.encode(), token.encode()) for each in offered)

        def _json(self, status, data):
            self._page(status, json.dumps(data).encode(), "application/json")

        def _redirect(self, where):
            self._page(302, b"", headers={"Location": where})

        def _page(self, status, body, kind="text/html; charset=UTF-8", headers=None):
            self.send_response(status)
            for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **(headers or {})}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, form, *values):
            log("I", (form % values).replace(token, "[secret]"))

    return Handler
