"""Models, pictures and uploads: what is asked about files."""

import os

import folder_paths
import nodes
from app import custom_nodes
from app.http_server import Response, http_date, json_response

TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp", ".gif": "image/gif",
         ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".json": "application/json", ".txt": "text/plain"}


def add(server):
    routes = server.routes
    routes.add("GET", "/models", lambda request: json_response(list(folder_paths.folder_names_and_paths)))
    routes.add("GET", "/view", _view)
    routes.add("POST", "/upload/image", _upload)

    @routes.get("/models/{folder}")
    def get_models(request):
        folder = request.params["folder"]
        if folder not in folder_paths.folder_names_and_paths:
            return Response(404)
        return json_response(folder_paths.get_filename_list(folder))

    @routes.get("/embeddings")
    def get_embeddings(request):
        return json_response([os.path.splitext(name)[0] for name in folder_paths.get_filename_list("embeddings")])

    @routes.get("/extensions")
    def get_extensions(request):
        found = []
        for name, folder in custom_nodes.web_directories.items():
            files, _ = folder_paths.recursive_search(folder)
            found += [f"/extensions/{name}/{file}" for file in sorted(files) if file.endswith(".js")]
        return json_response(found)

    @routes.get("/object_info")
    def get_object_info(request):
        return json_response({name: nodes.describe(name) for name in nodes.NODE_CLASS_MAPPINGS})

    @routes.get("/object_info/{node}")
    def get_node_info(request):
        name = request.params["node"]
        return json_response({name: nodes.describe(name)} if name in nodes.NODE_CLASS_MAPPINGS else {})

    @routes.get("/experiment/models")
    def get_model_folders(request):
        return json_response([{"name": name, "folders": folders, "extensions": sorted(extensions)}
                              for name, (folders, extensions) in folder_paths.folder_names_and_paths.items()
                              if name not in ("configs", "custom_nodes")])

    @routes.get("/internal/folder_paths", api=False)
    def get_folder_paths(request):
        return json_response({name: folders for name, (folders, _) in folder_paths.folder_names_and_paths.items()})

    @routes.get("/internal/files/{kind}", api=False)
    def get_files(request):
        kind = request.params["kind"]
        folder = folder_paths.get_directory_by_type(kind)
        if folder is None:
            return json_response({"error": "Invalid directory type"}, 400)
        entries = [entry for entry in os.scandir(folder) if entry.is_file() and not entry.name.startswith(".")]
        entries.sort(key=lambda entry: -entry.stat().st_mtime)
        return json_response([f"{entry.name} [{kind}]" for entry in entries])


def _inside(folder, path):
    folder = os.path.abspath(folder)
    return os.path.commonpath((folder, os.path.abspath(path))) == folder


def _view(request):
    filename, folder = folder_paths.annotated_filepath(request.query.get("filename", ""))
    if not filename:
        return Response(404)
    if filename.startswith("/") or ".." in filename:
        return Response(400)
    folder = folder or folder_paths.get_directory_by_type(request.query.get("type", "output"))
    if folder is None:
        return Response(400)
    deeper = os.path.join(folder, request.query.get("subfolder", ""))
    if not _inside(folder, deeper):
        return Response(403)
    name = os.path.basename(filename)
    path = os.path.join(deeper, name)
    return file_response(path, request, name) if os.path.isfile(path) else Response(404)


def file_response(path, request, name=None):
    """The file, or the part a Range header of the form bytes=A-B asks for."""
    with open(path, "rb") as file:
        body = file.read()
    stat = os.stat(path)
    response = Response(200, body, TYPES.get(os.path.splitext(path)[1].lower(), "application/octet-stream"))
    response.headers.update({"Etag": f'"{stat.st_mtime_ns:x}-{stat.st_size:x}"', "Accept-Ranges": "bytes",
                             "Last-Modified": http_date(stat.st_mtime)})
    if name is not None:
        response.headers.update({"X-Content-Type-Options": "nosniff", "Content-Disposition": f'filename="{name}"'})
    if request.headers.get("if-none-match") == response.headers["Etag"]:
        return Response(304, headers={"Etag": response.headers["Etag"]})
    unit, _, span = request.headers.get("range", "").partition("=")
    if unit != "bytes" or "," in span:
        return response
    first, _, last = span.partition("-")
    start = int(first) if first else max(len(body) - int(last), 0)
    end = min(int(last), len(body) - 1) if first and last else len(body) - 1
    if start > end:
        return Response(416, headers={"Content-Range": f"bytes */{len(body)}"})
    response.status, response.body = 206, body[start : end + 1]
    response.headers["Content-Range"] = f"bytes {start}-{end}/{len(body)}"
    return response


def _upload(request):
    """Saves into input (or what type says); another file of the same name is left and the new one numbered."""
    fields = _form(request)
    filename, data = fields.get("image", (None, b""))
    folder = folder_paths.get_directory_by_type(_text(fields, "type") or "input")
    if not filename or folder is None:
        return Response(400)
    subfolder = _text(fields, "subfolder")
    target = os.path.join(folder, os.path.normpath(subfolder) if subfolder else "")
    path = os.path.abspath(os.path.join(target, filename))
    if not _inside(folder, target) or not _inside(folder, path):
        return Response(400)
    os.makedirs(target, exist_ok=True)
    if _text(fields, "overwrite") not in ("true", "1"):
        path, filename = _free_name(path, filename, data)
    with open(path, "wb") as file:
        file.write(data)
    return json_response({"name": filename, "subfolder": subfolder, "type": _text(fields, "type") or "input"})


def _free_name(path, filename, data):
    """A path that is free or already holds the same bytes."""
    stem, extension = os.path.splitext(filename)
    number = 0
    while os.path.exists(path):
        with open(path, "rb") as file:
            if file.read() == data:
                break
        number += 1
        filename = f"{stem} ({number}){extension}"
        path = os.path.join(os.path.dirname(path), filename)
    return path, filename


def _text(fields, name):
    return fields[name][1].decode() if name in fields else ""


def _form(request):
    """name → (file name or None, bytes) of a multipart body; empty for any other body."""
    kind, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    if not kind.startswith("multipart/form-data") or not boundary:
        return {}
    fields = {}
    for part in request.body.split(b"--" + boundary.split(";")[0].strip('"').encode())[1:]:
        head, mark, data = part.partition(b"\r\n\r\n")
        if not mark:
            continue
        attributes = dict(piece.strip().split("=", 1) for piece in head.decode().replace("\r\n", ";").split(";") if "=" in piece)
        name = attributes.get("name", "").strip('"')
        fields[name] = (attributes["filename"].strip('"') if "filename" in attributes else None, data[: -len(b"\r\n")])
    return fields
