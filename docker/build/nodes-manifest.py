"""Prints a nodes.yaml from what `comfy-init explain --json COMFY_NODES` says on standard input.

The value has the form of a shell's arguments. JSON's texts are YAML's too, whatever characters they have.
"""

import json
import shlex
import sys


def main():
    nodes = shlex.split(json.load(sys.stdin)[0]["value"])
    print("# The nodes that this image brings along, from its build argument NODES.")
    print("nodes:" if nodes else "nodes: []")
    for node in nodes:
        print(f"  - {json.dumps(node)}")


if __name__ == "__main__":
    main()
