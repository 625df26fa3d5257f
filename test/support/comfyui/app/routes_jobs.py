"""/api/jobs: one view over what waits, what runs and what is done."""

from app.http_server import json_response
from comfy.model_management import interrupt_current_processing

STATUSES = ("pending", "in_progress", "completed", "failed", "cancelled")
PREVIEWABLE = {"images", "video", "audio", "3d", "text"}


def add(server):
    routes = server.routes

    @routes.get("/jobs", plain=False)
    def get_jobs(request):
        return _list(_all(server), request.query)

    @routes.get("/jobs/{job_id}", plain=False)
    def get_job(request):
        found = _find(server, request.params["job_id"])
        return json_response({"error": "Job not found"}, 404) if found is None else json_response(found)

    @routes.post("/jobs/cancel", plain=False)
    def cancel_many(request):
        try:
            ids = request.json().get("job_ids")
        except ValueError:
            return json_response({"error": "Request body must be valid JSON"}, 400)
        if not isinstance(ids, list):
            return json_response({"error": "job_ids must be a list"}, 400)
        return json_response({"cancelled": any([_cancel(server, job_id) for job_id in ids])})

    @routes.post("/jobs/{job_id}/cancel", plain=False)
    def cancel_one(request):
        return json_response({"cancelled": _cancel(server, request.params["job_id"])})


def _cancel(server, job_id):
    if any(item[1] == job_id for item in server.prompt_queue.current()[0]):
        interrupt_current_processing()
        return True
    return server.prompt_queue.remove(lambda item: item[1] == job_id)


def _all(server):
    running, waiting = server.prompt_queue.current()
    jobs = [_queued(item, "pending") for item in waiting] + [_queued(item, "in_progress") for item in running]
    return jobs + [_done(entry) for entry in server.prompt_queue.history().values()]


def _find(server, job_id):
    for job in _all(server):
        if job["id"] != job_id:
            continue
        entry = server.prompt_queue.entry(job_id)
        if entry is not None:
            item = entry["prompt"]
            job.update(outputs=entry["outputs"], execution_status=entry["status"], workflow={"prompt": item[2], "extra_data": item[3]})
        return job
    return None


def _queued(item, status):
    return _job(item, status, {"outputs_count": 0, "previewable_outputs_count": 0})


def _job(item, status, more):
    extra = item[3]
    job = {"id": item[1], "status": status, "priority": item[0], "create_time": extra.get("create_time"), **more}
    workflow = (extra.get("extra_pnginfo") or {}).get("workflow") or {}
    if workflow.get("id"):
        job["workflow_id"] = workflow["id"]
    return job


def _done(entry):
    messages = dict(entry["status"]["messages"])
    if entry["status"]["status_str"] == "success":
        status = "completed"
    else:
        status = "cancelled" if "execution_interrupted" in messages else "failed"
    ends = [data["timestamp"] for name, data in entry["status"]["messages"] if name != "execution_start"]
    more = {"execution_start_time": messages["execution_start"]["timestamp"], "execution_end_time": ends[-1]}
    if "execution_error" in messages:
        more["execution_error"] = messages["execution_error"]
    files = [(node_id, kind, file) for node_id, kinds in entry["outputs"].items()
             for kind, found in kinds.items() if isinstance(found, list) for file in found]
    shown = [found for found in files if found[1] in PREVIEWABLE and isinstance(found[2], dict)]
    more.update(outputs_count=len(files), previewable_outputs_count=len(shown))
    if shown:
        chosen = next((found for found in shown if found[2].get("type") == "output"), shown[0])
        more["preview_output"] = {**chosen[2], "nodeId": chosen[0], "mediaType": chosen[1]}
    return _job(entry["prompt"], status, more)


def _list(jobs, query):
    wanted = [status.strip() for status in query.get("status", "").lower().split(",") if status.strip()]
    unknown = [status for status in wanted if status not in STATUSES]
    if unknown:
        return _bad(f"Invalid status value(s): {', '.join(unknown)}. Valid values: {', '.join(STATUSES)}")
    if query.get("sort_by", "created_at") not in ("created_at", "execution_duration"):
        return _bad("sort_by must be 'created_at' or 'execution_duration'")
    if query.get("sort_order", "desc") not in ("asc", "desc"):
        return _bad("sort_order must be 'asc' or 'desc'")
    for name in ("limit", "offset"):
        if name in query and not query[name].lstrip("-").isdigit():
            return _bad(f"{name} must be an integer")
    limit = int(query["limit"]) if "limit" in query else None
    if limit is not None and limit <= 0:
        return _bad("limit must be a positive integer")
    offset = max(int(query.get("offset", 0)), 0)
    if wanted:
        jobs = [job for job in jobs if job["status"] in wanted]
    if "workflow_id" in query:
        jobs = [job for job in jobs if job.get("workflow_id") == query["workflow_id"]]
    key = _duration if query.get("sort_by") == "execution_duration" else lambda job: job["create_time"]
    jobs = sorted(jobs, key=key, reverse=query.get("sort_order", "desc") == "desc")
    page = jobs[offset : None if limit is None else offset + limit]
    more = offset + len(page) < len(jobs)
    return json_response({"jobs": page, "pagination": {"offset": offset, "limit": limit, "total": len(jobs), "has_more": more}})


def _duration(job):
    return job.get("execution_end_time", 0) - job.get("execution_start_time", 0)


def _bad(message):
    return json_response({"error": message}, 400)
