"""serve.py PORT [CODE [MARKER]]: 200 on every path until INT; then exit CODE (0), leaving MARKER as a sign that it wants to be restarted."""

import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        if self.path == "/end":
            sys.exit(end())

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


print("serving", flush=True)
try:
    Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
except KeyboardInterrupt:
    sys.exit(end())
