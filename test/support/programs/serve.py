"""serve.py PORT [CODE [MARKER]]: 200 on every path until INT; then exit CODE (0), leaving MARKER as a sign that it wants to be restarted.

GET /end ends it in the same way; GET /again?FILE starts it again within its process, where it listens once FILE is there."""

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        if self.path == "/end":
            sys.exit(end())
        if self.path.startswith("/again?"):
            os.environ["WAITS_FOR"] = self.path.split("?")[1]
            os.execv(sys.executable, [sys.executable, "-u", *sys.argv])

    def log_message(self, *_):
        pass


def end():
    if len(sys.argv) > 3:
        open(sys.argv[3], "w").close()
    return int(sys.argv[2]) if len(sys.argv) > 2 else 0


class Server(HTTPServer):
    allow_reuse_address = True

    def handle_error(self, *_):
        raise


while not os.path.exists(os.environ.get("WAITS_FOR", "/")):
    time.sleep(0.01)
print("serving", flush=True)
try:
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
except KeyboardInterrupt:
    sys.exit(end())
