"""Whether the command line is read on import; off for whoever imports parts of the tree as a library."""

args_parsing = False


def enable_args_parsing(enable=True):
    global args_parsing
    args_parsing = enable
