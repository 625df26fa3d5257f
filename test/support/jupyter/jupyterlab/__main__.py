"""Serves until TERM or INT. Exit codes: 0 ended by a signal, 1 cannot serve, 2 a flag nobody knows."""

import os
import signal
import socket
import sys
import threading
import time
from http.server import ThreadingHTTPServer

from jupyterlab import __version__, command_line, pages


def log(level, message):
    print(f"[{level} {time.strftime('%Y-%m-%d %H:%M:%S')}.000 ServerApp] {message}", file=sys.stderr, flush=True)


def refuse(message):
    log("C", message)
    return 1


def main():
    settings = command_line.read(sys.argv[1:], os.environ)
    if settings.version:
        print(__version__)
        return 0
    if not settings.token:
        return refuse("Cannot serve without a token: set JUPYTER_TOKEN.")
    if os.geteuid() == 0 and not settings.allow_root:
        return refuse("Running as root is not recommended. Use --allow-root to bypass.")
    if not os.path.isdir(settings.root_dir):
        return refuse(f"No such directory: '{settings.root_dir}'")
    server = bind(settings)
    if server is None:
        return refuse(f"ERROR: the Jupyter server could not be started because port {settings.port} is not available.")
    return serve(server, settings)


def bind(settings):
    """The server on the first free port from the one asked for on, trying port_retries more; None when all are taken."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        address_family = socket.AF_INET6 if ":" in settings.ip else socket.AF_INET

        def server_bind(self):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.bind(self.server_address)
            self.server_name, self.server_port = self.server_address[:2]

    for port in range(settings.port, settings.port + settings.port_retries + 1):
        try:
            return Server((settings.ip, port), pages.handler(settings.token, log))
        except OSError:
            log("I", f"The port {port} is already in use, trying another port.")
    return None


def serve(server, settings):
    def stop(number, _frame):
        log("C", f"received signal {number}, stopping")
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log("I", f"Serving notebooks from local directory: {settings.root_dir}")
    log("I", f"http://{settings.ip}:{server.server_port}/lab?token=...")
    server.serve_forever(poll_interval=0.05)
    log("I", "Shutting down 4 extensions")
    return 0


sys.exit(main())
