"""Which handler answers which path. Every plain route also answers under /api; some exist only there."""

import re

from app.http_server import Response, text_response


class Routes:
    def __init__(self):
        self.entries = []

    def add(self, method, pattern, handler, api=True, plain=True):
        """pattern: a path with {names}; handler(request) gives a Response."""
        for prefix, wanted in (("", plain), ("/api", api)):
            if wanted:
                expression = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", prefix + pattern)
                self.entries.append((method, re.compile(expression + r"\Z"), handler))

    def get(self, pattern, **where):
        return self._decorate("GET", pattern, where)

    def post(self, pattern, **where):
        return self._decorate("POST", pattern, where)

    def _decorate(self, method, pattern, where):
        def add(handler):
            self.add(method, pattern, handler, **where)
            return handler

        return add

    def answer(self, request):
        method = "GET" if request.method == "HEAD" else request.method
        if method == "OPTIONS":
            return Response()
        for known, expression, handler in self.entries:
            found = expression.match(request.path)
            if found and known == method:
                request.params = found.groupdict()
                return handler(request)
        if method == "GET":
            return Response(404, content_type="application/octet-stream")
        refused = text_response("405: Method Not Allowed", 405)
        refused.headers["Allow"] = "GET,HEAD"
        return refused
