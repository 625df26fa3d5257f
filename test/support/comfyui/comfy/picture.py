"""A picture of one colour: all that the stand-in's nodes pass around where ComfyUI passes tensors."""

import base64
import struct
import zlib

# A grey 8x8 JPEG: previews need JPEG bytes, and the standard library cannot make any.
TINY_JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////"
    "////////////////////wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAI"
    "AQEAAD8AP//Z"
)


class Picture:
    """width x height pixels of one colour, 0xRRGGBB."""

    def __init__(self, width, height, color):
        self.width = width
        self.height = height
        self.color = color

    def __repr__(self):
        return f"Picture({self.width}x{self.height}, #{self.color:06x})"

    def png(self, texts=()):
        """A real 8-bit RGB PNG; texts: (keyword, text) pairs for tEXt chunks."""
        row = b"\0" + struct.pack(">I", self.color)[1:] * self.width
        header = struct.pack(">IIBBBBB", self.width, self.height, 8, 2, 0, 0, 0)
        chunks = [_chunk(b"IHDR", header)]
        chunks += [_chunk(b"tEXt", f"{keyword}\0{text}".encode("latin-1", "replace")) for keyword, text in texts]
        chunks += [_chunk(b"IDAT", zlib.compress(row * self.height, 4)), _chunk(b"IEND", b"")]
        return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
