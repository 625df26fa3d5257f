"""ProgressBar, as nodes use it: every step is where a node can be interrupted."""

PROGRESS_BAR_HOOK = None


def set_progress_bar_global_hook(hook):
    global PROGRESS_BAR_HOOK
    PROGRESS_BAR_HOOK = hook


class ProgressBar:
    def __init__(self, total, node_id=None):
        self.total = total
        self.current = 0
        self.node_id = node_id
        self.hook = PROGRESS_BAR_HOOK

    def update_absolute(self, value, total=None, preview=None):
        """preview: a pair (format, bytes), format JPEG or PNG."""
        if total is not None:
            self.total = total
        self.current = min(value, self.total)
        if self.hook is not None:
            self.hook(self.current, self.total, preview, node_id=self.node_id)

    def update(self, value):
        self.update_absolute(self.current + value)
