"""The part of YAML that extra_model_paths files use: nested block mappings, scalars plain or quoted, `|` and `>` blocks,
block and flow lists of scalars, comments. Anything else raises YamlError rather than being misread."""

import json


class YamlError(ValueError):
    pass


def load(text):
    """None, a scalar, a list or a dict, as YAML's safe loader would give."""
    return _Reader(text.splitlines()).document()


class _Reader:
    def __init__(self, lines):
        self.lines = lines
        self.at = 0

    def document(self):
        self._skip_blank()
        if self.at < len(self.lines) and self._line().rstrip() == "---":
            self.at += 1
            self._skip_blank()
        if self.at >= len(self.lines):
            return None
        value = self._block(self._indent())
        self._skip_blank()
        if self.at < len(self.lines) and self._line().rstrip() != "...":
            raise self._error("unexpected text")
        return value

    def _line(self):
        return self.lines[self.at]

    def _indent(self):
        line = self._line()
        if line[: len(line) - len(line.lstrip())].count("\t"):
            raise self._error("a tab in the indentation")
        return len(line) - len(line.lstrip(" "))

    def _error(self, what):
        return YamlError(f"Cannot read the YAML at line {self.at + 1}: {what}.")

    def _skip_blank(self):
        while self.at < len(self.lines) and (not self._line().strip() or self._line().lstrip().startswith("#")):
            self.at += 1

    def _block(self, indent):
        text = self._line().strip()
        if text == "-" or text.startswith("- "):
            return self._list(indent)
        if _split_key(text) is None:
            self.at += 1
            return self._scalar(text, indent - 1)
        return self._mapping(indent)

    def _mapping(self, indent):
        found = {}
        while True:
            self._skip_blank()
            if self.at >= len(self.lines) or self._indent() < indent or self._line().rstrip() in ("---", "..."):
                return found
            if self._indent() > indent:
                raise self._error("unexpected indentation")
            pair = _split_key(self._line().strip())
            if pair is None:
                raise self._error("a line that is no «key: value»")
            self.at += 1
            found[pair[0]] = self._value(pair[1], indent)

    def _value(self, rest, indent):
        if rest[:1] in "|>" and rest:
            return self._literal(rest, indent)
        if rest and not rest.startswith("#"):
            return self._scalar(rest, indent)
        self._skip_blank()
        if self.at >= len(self.lines):
            return None
        below = self._indent()
        is_list = self._line().strip() == "-" or self._line().strip().startswith("- ")
        if below > indent or (is_list and below == indent):
            return self._block(below)
        return None

    def _list(self, indent):
        found = []
        while True:
            self._skip_blank()
            if self.at >= len(self.lines) or self._indent() != indent:
                return found
            text = self._line().strip()
            if text != "-" and not text.startswith("- "):
                return found
            self.at += 1
            found.append(self._scalar(text[1:].strip(), indent) if text != "-" else None)

    def _literal(self, mark, indent):
        """A `|` or `>` block; `-` after the mark drops the last line end, `+` keeps all of them."""
        kept = []
        while self.at < len(self.lines) and (not self._line().strip() or self._indent() > indent):
            kept.append(self._line())
            self.at += 1
        depth = min((len(line) - len(line.lstrip(" ")) for line in kept if line.strip()), default=0)
        body = [line[depth:].rstrip("\r") for line in kept]
        text = "\n".join(body) + "\n" if mark[0] == "|" else _fold(body) + "\n"
        if "+" in mark:
            return text
        text = text.rstrip("\n")
        return text if "-" in mark or not text else text + "\n"

    def _scalar(self, text, indent):
        """A scalar that began on the line just read; deeper lines below it belong to it."""
        if text[0] in "\"'":
            return self._quoted(text)
        if text[0] in "[{":
            return _flow(text, self._error)
        if text[0] in "&*!%@`":
            raise self._error(f"«{text[0]}» is not supported")
        parts = [_strip_comment(text)]
        while self.at < len(self.lines) and self._line().strip() and self._indent() > indent:
            if self._line().lstrip().startswith("#"):
                break
            if _split_key(self._line().strip()) is not None:
                raise self._error("mapping values are not allowed here")
            parts.append(_strip_comment(self._line().strip()))
            self.at += 1
        return _typed(" ".join(parts))

    def _quoted(self, text):
        quote = text[0]
        while True:
            end = _closing(text, quote)
            if end is not None:
                break
            if self.at >= len(self.lines):
                raise self._error("a quote that does not end")
            more = self._line().strip()
            self.at += 1
            text = text[:-1] + more if quote == '"' and text.endswith("\\") else f"{text.rstrip()} {more}"
        if _strip_comment(text[end + 1 :]).strip():
            raise self._error("text after a quoted value")
        inside = text[1:end]
        return inside.replace("''", "'") if quote == "'" else json.loads(f'"{inside}"')


def _fold(lines):
    paragraphs = "\n".join(line.strip() for line in lines).split("\n\n")
    return "\n".join(part.replace("\n", " ").strip() for part in paragraphs)


def _closing(text, quote):
    at = 1
    while at < len(text):
        if quote == '"' and text[at] == "\\":
            at += 2
        elif text[at] != quote:
            at += 1
        elif quote == "'" and text[at : at + 2] == "''":
            at += 2
        else:
            return at
    return None


def _split_key(text):
    """("key", "rest") of «key: rest», or None when the line holds no key."""
    if text[0] in "\"'":
        end = _closing(text, text[0])
        if end is None or not text[end + 1 :].lstrip().startswith(":"):
            return None
        return text[1:end], text[end + 1 :].lstrip()[1:].strip()
    if text[0] in "[{#":
        return None
    head, mark, rest = text.partition(": ")
    if not mark and text.endswith(":"):
        return _typed(text[:-1].strip()), ""
    return (_typed(head.strip()), rest.strip()) if mark else None


def _strip_comment(text):
    at = 0 if text.startswith("#") else text.find(" #")
    return text[:at].rstrip() if at >= 0 else text.rstrip()


def _flow(text, error):
    text = _strip_comment(text)
    if text[0] == "{" and text[1:-1].strip() == "" and text.endswith("}"):
        return {}
    if text[0] == "[" and text.endswith("]"):
        return [_typed(part.strip().strip("\"'")) for part in text[1:-1].split(",") if part.strip()]
    raise error("a flow mapping is not supported")


def _typed(text):
    lowered = text.lower()
    if lowered in ("", "null", "~"):
        return None
    if lowered in ("true", "yes", "on"):
        return True
    if lowered in ("false", "no", "off"):
        return False
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
