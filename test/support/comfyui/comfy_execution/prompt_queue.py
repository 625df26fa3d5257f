"""What waits, what runs and what is done. An item is (number, id, prompt, extra_data, outputs, sensitive)."""

import copy
import heapq
import threading

MAXIMUM_HISTORY_SIZE = 10000


class PromptQueue:
    def __init__(self, changed):
        """changed() is called after every change of what waits or runs."""
        self.changed = changed
        self.lock = threading.RLock()
        self.not_empty = threading.Condition(self.lock)
        self.waiting = []
        self.running = {}
        self.done = {}
        self.flags = {}
        self.taken = 0

    def put(self, item):
        with self.lock:
            heapq.heappush(self.waiting, item)
            self.changed()
            self.not_empty.notify()

    def get(self, timeout):
        """(item, key) of the lowest number, or None after the timeout or when a flag was set."""
        with self.not_empty:
            if not self.waiting and not self.flags:
                self.not_empty.wait(timeout)
            if not self.waiting:
                return None
            item = heapq.heappop(self.waiting)
            key = self.taken
            self.taken += 1
            self.running[key] = item
            self.changed()
            return item, key

    def finish(self, key, result, status):
        """Moves a running item into the history; the oldest goes when there are too many."""
        with self.lock:
            item = self.running.pop(key)
            if len(self.done) > MAXIMUM_HISTORY_SIZE:
                self.done.pop(next(iter(self.done)))
            self.done[item[1]] = {"prompt": item[:5], "outputs": {}, "status": status, **result}
            self.changed()

    def remaining(self):
        with self.lock:
            return len(self.waiting) + len(self.running)

    def current(self):
        """(running, waiting) items without their secrets; the waiting ones in heap order, not sorted."""
        with self.lock:
            return [item[:5] for item in self.running.values()], [item[:5] for item in self.waiting]

    def remove(self, wanted):
        """Removes every waiting item that wanted(item) accepts; says whether there was one."""
        with self.lock:
            kept = [item for item in self.waiting if not wanted(item)]
            if len(kept) == len(self.waiting):
                return False
            self.waiting = kept
            heapq.heapify(self.waiting)
            self.changed()
            return True

    def history(self, max_items=None, offset=-1):
        """id → entry, oldest first; offset -1 takes the newest max_items."""
        with self.lock:
            ids = list(self.done)
            if offset < 0 and max_items is not None:
                offset = len(ids) - max_items
            start = max(offset, 0)
            wanted = ids[start:] if max_items is None else ids[start : start + max_items]
            return copy.deepcopy({prompt_id: self.done[prompt_id] for prompt_id in wanted})

    def entry(self, prompt_id):
        with self.lock:
            return copy.deepcopy(self.done.get(prompt_id))

    def forget(self, prompt_id=None):
        with self.lock:
            if prompt_id is None:
                self.done = {}
            else:
                self.done.pop(prompt_id, None)

    def set_flag(self, name, value):
        with self.lock:
            self.flags[name] = value
            self.not_empty.notify()

    def take_flags(self):
        with self.lock:
            flags, self.flags = self.flags, {}
            return flags
