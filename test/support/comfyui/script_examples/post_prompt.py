"""Queues EmptyImage -> SaveImage on a ComfyUI at 127.0.0.1:8188 and prints what it answers."""

import json
import urllib.request

prompt = {
    "1": {"class_type": "EmptyImage", "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 255}},
    "2": {"class_type": "SaveImage", "inputs": {"images": ["1", 0], "filename_prefix": "example"}},
}
request = urllib.request.Request("http://127.0.0.1:8188/prompt", data=json.dumps({"prompt": prompt}).encode())
print(urllib.request.urlopen(request).read().decode())
