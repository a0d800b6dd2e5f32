"""How much of what was sent has been accepted: ffmpeg's counts and the kernel's come in, frames go out.

ffmpeg counts a frame when the kernel has taken it, which may be many seconds before the other machine
has. What that machine hasn't acknowledged the kernel tells for the child's own TCP socket.
"""

import contextlib
import ctypes
import fcntl
import os
import socket
import struct
import termios
import threading
from collections import deque
from itertools import islice
from pathlib import Path

PIDFD_GETFD = 438  # the same number on every architecture; Linux 5.6


class Ledger:
    """Counts the frames that a destination has accepted, all before and none after `accepted`."""

    def __init__(self) -> None:
        self.accepted = 0
        self.bytes = 0
        """The size of the accepted frames, as MPEG-TS."""
        self._waiting: deque[int] = deque()
        self._change = threading.Lock()

    @property
    def complete(self) -> bool:
        """Whether all that was handed over is accepted."""
        return not self._waiting

    def handed(self, size: int) -> None:
        """One more frame, of so many bytes of MPEG-TS, is on its way."""
        with self._change:
            self._waiting.append(size)

    def settle(self, sent: int, muxed: int, held: int) -> bool:
        """Of `sent` frames, which made `muxed` bytes, the last `held` bytes aren't accepted yet.

        True when more is accepted than before. A frame counts when its last byte does.
        """
        with self._change:
            pending = list(islice(self._waiting, max(0, sent - self.accepted)))
            left = held * (self.bytes + sum(pending)) / muxed if muxed else float(held)
            while pending and left > 0:
                left -= pending.pop()
            for size in pending:
                self._waiting.popleft()
                self.accepted += 1
                self.bytes += size
            return bool(pending)


class Wire:
    """The TCP connection of a child: how much of it is unacknowledged, and its end with nothing more sent.

    Holds a second descriptor of the child's socket, so that it can be asked when the child is gone; the
    connection ends when both are closed. Where that isn't allowed, the kernel's table has to do, which
    knows a socket only while the child has it, and `cut` leaves sending to the kernel.
    """

    def __init__(self, pid: int) -> None:
        """Raises LookupError when the child has no TCP connection: not yet, or none at all."""
        self._pid = pid
        self._socket: socket.socket | None = None
        self._inode = ""
        self._last = 0
        for entry in _descriptors(pid):
            link = _target(entry)
            if not link.startswith("socket:["):
                continue
            self._inode = link[len("socket:[") : -1]
            self._socket = _second(pid, int(entry.name))
            if self._socket is not None and _is_tcp(self._socket):
                return
            if self._socket is None and _listed(pid, self._inode) is not None:
                return
            self.close()
        raise LookupError(f"process {pid} has no TCP connection")

    def unacknowledged(self) -> int:
        """Bytes that were sent and that the peer's kernel has not acknowledged."""
        if self._socket is not None:
            answer = fcntl.ioctl(self._socket, termios.TIOCOUTQ, bytes(4))  # SIOCOUTQ, tcp(7)
            self._last = struct.unpack("i", answer)[0]
        else:
            listed = _listed(self._pid, self._inode)
            self._last = self._last if listed is None else listed
        return self._last

    def cut(self) -> None:
        """When this and the child are closed, what is unacknowledged is not sent any more."""
        if self._socket is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def _is_tcp(one: socket.socket) -> bool:
    internet = one.family in (socket.AF_INET, socket.AF_INET6)
    return internet and one.type == socket.SOCK_STREAM


def _descriptors(pid: int) -> list[Path]:
    with contextlib.suppress(OSError):  # it has just ended, or this isn't Linux
        return list(Path(f"/proc/{pid}/fd").iterdir())
    return []


def _target(entry: Path) -> str:
    with contextlib.suppress(OSError):  # closed meanwhile
        return str(entry.readlink())
    return ""


def _second(pid: int, descriptor: int) -> socket.socket | None:
    """A second descriptor of a child's socket (pidfd_getfd(2)); None where that isn't allowed."""
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        return None
    try:
        copy = ctypes.CDLL(None).syscall(PIDFD_GETFD, pidfd, descriptor, 0)
    finally:
        os.close(pidfd)
    return socket.socket(fileno=copy) if copy >= 0 else None


def _listed(pid: int, inode: str) -> int | None:
    """The `tx_queue` of a socket (proc_net_tcp.rst of the kernel); None when it isn't listed."""
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[9] == inode:
                    return int(fields[4].partition(":")[0], 16)
    return None
