"""The server's side of RFC 6455 on a connection that HTTP has handed over. Extensions are not negotiated."""

import base64
import hashlib
import json
import struct
import threading

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MAX_MESSAGE = 4 * 1024 * 1024
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def wanted(request):
    return request.headers.get("upgrade", "").lower() == "websocket" and "sec-websocket-key" in request.headers


class WebSocket:
    def __init__(self, request):
        self.connection = request.connection
        self.sending = threading.Lock()
        self.open = True
        accept = base64.b64encode(hashlib.sha1(request.headers["sec-websocket-key"].encode() + MAGIC).digest()).decode()
        self.connection.sendall(
            f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        self.reader = self.connection.makefile("rb")

    def send_json(self, data):
        self.send(TEXT, json.dumps(data).encode())

    def send(self, opcode, data):
        """Sends one unfragmented message; a connection that is gone is not an error."""
        if len(data) < 126:
            head = struct.pack(">BB", 0x80 | opcode, len(data))
        elif len(data) < 65536:
            head = struct.pack(">BBH", 0x80 | opcode, 126, len(data))
        else:
            head = struct.pack(">BBQ", 0x80 | opcode, 127, len(data))
        with self.sending:
            if not self.open:
                return
            try:
                self.connection.sendall(head + data)
            except OSError:
                self.open = False

    def messages(self):
        """Yields text messages until the other side closes or breaks off; answers pings."""
        text = b""
        try:
            while True:
                final, opcode, data = self._frame()
                if opcode == CLOSE:
                    self.send(CLOSE, data[:2])
                    return
                if opcode == PING:
                    self.send(PONG, data)
                elif opcode != PONG:
                    text += data
                    if len(text) > MAX_MESSAGE:
                        self.send(CLOSE, struct.pack(">H", 1009))
                        return
                    if final:
                        yield text.decode("utf-8", "replace")
                        text = b""
        except (OSError, ValueError, struct.error):
            return
        finally:
            self.open = False
            self.connection.close()

    def _frame(self):
        first, second = struct.unpack(">BB", self._exactly(2))
        length = second & 0x7F
        if length == 126:
            length = struct.unpack(">H", self._exactly(2))[0]
        elif length == 127:
            length = struct.unpack(">Q", self._exactly(8))[0]
        if length > MAX_MESSAGE:
            raise ValueError("A frame that is too large.")
        mask = self._exactly(4) if second & 0x80 else bytes(4)
        data = self._exactly(length)
        repeated = (mask * (length // 4 + 1))[:length]
        plain = int.from_bytes(data, "big") ^ int.from_bytes(repeated, "big")
        return bool(first & 0x80), first & 0x0F, plain.to_bytes(length, "big")

    def _exactly(self, count):
        data = self.reader.read(count)
        if len(data) < count:
            raise ValueError("The other side broke off.")
        return data
