"""HTTP/1.1 by hand: a thread a connection, keep-alive, answers as aiohttp gives them. Started and stopped in no time."""

import json
import logging
import socket
import threading
import time
import traceback
from urllib.parse import parse_qsl, unquote

REASONS = {101: "Switching Protocols", 200: "OK", 206: "Partial Content", 304: "Not Modified", 400: "Bad Request",
           403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 413: "Request Entity Too Large",
           416: "Range Not Satisfiable", 500: "Internal Server Error", 503: "Service Unavailable"}
MAX_HEAD = 64 * 1024
NAME = "Python/3.11 aiohttp/3.14.3"


class Response:
    def __init__(self, status=200, body=b"", content_type=None, headers=None):
        self.status = status
        self.body = body
        self.headers = dict(headers or {})
        if content_type:
            self.headers["Content-Type"] = content_type


def json_response(data, status=200):
    return Response(status, json.dumps(data).encode(), "application/json; charset=utf-8")


def text_response(text, status=200):
    return Response(status, text.encode(), "text/plain; charset=utf-8")


class Hangup(Exception):
    """Raised by a handler that wants the connection closed without an answer."""


class TooLarge(Exception):
    pass


class Request:
    def __init__(self, method, target, headers, connection):
        self.method = method
        path, _, query = target.partition("?")
        self.path = unquote(path)
        self.query = dict(reversed(parse_qsl(query, keep_blank_values=True)))
        self.headers = headers
        self.connection = connection
        self.body = b""
        self.params = {}

    def json(self):
        return json.loads(self.body.decode())

    def keeps_alive(self):
        return self.headers.get("connection", "").lower() != "close"


class HttpServer:
    """answer(request) gives a Response, or None when it took the connection over."""

    def __init__(self, answer, max_body):
        self.answer = answer
        self.max_body = max_body
        self.listeners = []

    def listen(self, address, port):
        """Binds and serves; raises OSError when the port is taken."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(128)
        self.listeners.append(listener)
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def close(self):
        for listener in self.listeners:
            listener.close()

    def _accept(self, listener):
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection, peer[0]), daemon=True).start()

    def _serve(self, connection, peer):
        reader = connection.makefile("rb")
        taken = False
        try:
            while True:
                request = read_head(reader, connection)
                if request is None:
                    return
                response = self._respond(request, reader, peer)
                if response is None:
                    taken = True
                    return
                keep = request.keeps_alive() and response.headers.get("Connection") != "close"
                if not keep:
                    response.headers["Connection"] = "close"
                send(connection, response, head_only=request.method == "HEAD")
                if not keep:
                    return
        except (OSError, ValueError, Hangup):
            pass
        finally:
            if not taken:
                _close(connection)

    def _respond(self, request, reader, peer):
        try:
            request.body = read_body(reader, request, self.max_body)
            return self.answer(request)
        except TooLarge:
            response = text_response(f"Maximum request body size {self.max_body} exceeded.", 413)
        except (Hangup, OSError):
            raise
        except Exception:
            logging.error("Error handling request from %s\n%s", peer, traceback.format_exc().rstrip())
            response = text_response("500 Internal Server Error\n\nServer got itself in trouble", 500)
        response.headers["Connection"] = "close"
        return response


def read_head(reader, connection):
    """The next request without its body, or None when the other side is done."""
    line = reader.readline(MAX_HEAD)
    while line == b"\r\n":
        line = reader.readline(MAX_HEAD)
    if not line:
        return None
    method, target, _ = line.decode("latin-1").split(" ", 2)
    headers = {}
    while True:
        line = reader.readline(MAX_HEAD)
        if line in (b"\r\n", b"\n"):
            return Request(method, target, headers, connection)
        if not line:
            return None
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()


def read_body(reader, request, limit):
    if request.headers.get("expect", "").lower() == "100-continue":
        request.connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    if request.headers.get("transfer-encoding", "").lower() == "chunked":
        return _read_chunks(reader, limit)
    length = int(request.headers.get("content-length") or 0)
    if length > limit:
        raise TooLarge
    return reader.read(length) if length else b""


def _read_chunks(reader, limit):
    parts = []
    while True:
        size = int(reader.readline(MAX_HEAD).split(b";")[0], 16)
        parts.append(reader.read(size))
        reader.readline(MAX_HEAD)
        if sum(map(len, parts)) > limit:
            raise TooLarge
        if size == 0:
            return b"".join(parts)


def send(connection, response, head_only=False):
    headers = {**response.headers, "Content-Length": str(len(response.body)), "Date": http_date(time.time()), "Server": NAME}
    lines = [f"HTTP/1.1 {response.status} {REASONS.get(response.status, 'Unknown')}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    connection.sendall(head if head_only else head + response.body)


def http_date(seconds):
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(seconds))


def _close(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    connection.close()
