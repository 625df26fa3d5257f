"""The flags: short ones as argparse knows them, and Class.trait=value settings, of which unknown ones are let pass."""

import argparse
import os

TRAITS = {"ServerApp.ip": "ip", "ServerApp.port": "port", "ServerApp.port_retries": "port_retries", "ServerApp.root_dir": "root_dir",
          "ServerApp.token": "token", "IdentityProvider.token": "token", "ServerApp.allow_root": "allow_root"}


def read(arguments, environment):
    """The settings as a namespace; token is None when neither a flag nor JUPYTER_TOKEN gives one."""
    parser = argparse.ArgumentParser(prog="__main__.py")
    parser.add_argument("--version", action="store_true")
    parser.add_argument("--no-browser", action="store_true")
    parser.add_argument("--allow-root", action="store_true")
    parser.add_argument("--debug", action="store_true")
    parser.add_argument("--ip", default="localhost")
    parser.add_argument("--port", type=int, default=8888)
    parser.add_argument("--port-retries", type=int, default=50)
    parser.add_argument("--notebook-dir", "--preferred-dir", dest="root_dir")
    parser.add_argument("--config")
    plain, traits = _split(arguments)
    found = parser.parse_args(plain)
    found.token = environment.get("JUPYTER_TOKEN") or None
    for name, value in traits:
        if name in TRAITS:
            setattr(found, TRAITS[name], value)
    found.port, found.port_retries = int(found.port), int(found.port_retries)
    found.allow_root = str(found.allow_root) == "True"
    found.root_dir = os.path.abspath(found.root_dir or ".")
    return found


def _split(arguments):
    plain, traits = [], []
    for argument in arguments:
        name, mark, value = argument.lstrip("-").partition("=")
        if mark and "." in name and argument.startswith("--"):
            traits.append((name, value))
        else:
            plain.append(argument)
    return plain, traits
