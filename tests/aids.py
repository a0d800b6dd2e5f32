"""What tests need of the machine: programs, ports, and the knowledge when something listens."""

import os
import re
import shutil
import socket
import time
from pathlib import Path

import pytest


def program(name: str) -> str:
    """A program from a Debian package; its tests are left out aloud where it can't be installed.

    `make test` installs the packages where it may (tests/packages.py); with CI=true that is a must.
    """
    found = shutil.which(name)
    if found is None:
        assert os.environ.get("CI") != "true", f"{name} is missing on the tests' machine"
        pytest.skip(f"{name} is not installed: see tests/packages.py")
    return found


def free_port() -> int:
    """A TCP port on loopback that nobody uses now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def until_listening(port: int) -> None:
    """Waits for a listener without connecting to it: some take one connection only."""
    wanted = re.compile(rf":{port:04X} 0+:0000 0A")
    for _ in range(1000):
        if wanted.search(Path("/proc/net/tcp").read_text()):
            return
        time.sleep(0.01)
    raise AssertionError(f"nothing listens on {port}")
