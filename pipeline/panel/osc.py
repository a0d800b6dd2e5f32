"""Button boxes and lighting desks that speak OSC: a packet in, an order to air, its outcome back.

OSC knows no password: this listens on loopback only, and acts as the crew's device "OSC". Knows no HTTP.
"""

import contextlib
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from pythonosc.osc_message import OscMessage, ParseError
from pythonosc.osc_message_builder import OscMessageBuilder

from pipeline.errors import OutsideError, TayangError, Text
from pipeline.panel.orders import Orders, Refusal
from pipeline.panel.rights import Person, Role

HOST = "127.0.0.1"
ROOT = "/tayang/"
LARGEST = 4096
"""Bytes of a packet: an address, and one text."""

WAITING = 32
"""Packets that may wait while air is asked; a desk that sends more gets no answer."""

LONGEST = 200
"""Characters of a text, as over HTTP."""

BOX = Person("OSC", Role.crew, "device")

TAKES = {"take": "item", "next": "item", "mark": "text"} | dict.fromkeys(
    ("hold", "resume", "slate", "undo", "cue")
)
"""What the text beside each command is, if it takes one."""

Sender = tuple[str, int]


class Order(NamedTuple):
    """What was pressed, and what belongs to it."""

    command: str
    more: dict[str, Any]


class _Foreign(ValueError):
    """A packet that is none of ours."""


@contextmanager
def listening_osc(port: int, orders: Orders, tell: Callable[[Text], None]) -> Iterator[int]:
    """Obeys while it is entered; gives its port (0: any). OutsideError: the port can't be used.

    `tell` gets one warning of packets that can't be understood, however many come.
    """
    try:
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.bind((HOST, port))
    except OSError as error:
        own.close()
        raise OutsideError(
            Text(
                f"Port OSC {port} tidak dapat dipakai: {error}",
                f"The OSC port {port} can't be used: {error}",
            ),
            Text("Pilih `panel.osc_port` lain.", "Choose another `panel.osc_port`."),
        ) from error
    box = _Box(own, orders, tell)
    with own:
        box.start()
        try:
            yield int(own.getsockname()[1])
        finally:
            box.stop()


class _Box:
    """One thread hears, another one obeys: an order may wait for air, a packet for nobody."""

    def __init__(self, own: socket.socket, orders: Orders, tell: Callable[[Text], None]) -> None:
        self._own = own
        self._orders = orders
        self._tell = tell
        self._warned = False
        self._heard: queue.Queue[tuple[bytes, Sender] | None] = queue.Queue(WAITING)
        self._threads = [
            threading.Thread(target=work, name="osc", daemon=True)
            for work in (self._hear, self._obey)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        with contextlib.suppress(OSError):  # the reader wakes, though nobody is connected
            self._own.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(1)

    def _hear(self) -> None:
        with contextlib.suppress(OSError):  # it was shut down; Linux then gives a packet of nobody
            while (packet := self._own.recvfrom(LARGEST))[1] is not None:
                with contextlib.suppress(queue.Full):
                    self._heard.put_nowait(packet)
        self._heard.put(None)

    def _obey(self) -> None:
        while (heard := self._heard.get()) is not None:
            packet, sender = heard
            try:
                order = understood(packet)
            except _Foreign as error:
                self._warn(sender, error)
                continue
            if order is not None:
                with contextlib.suppress(OSError):  # nobody listens there any more
                    self._own.sendto(self._do(order), sender)

    def _do(self, order: Order) -> bytes:
        try:
            return _packet("done", order.command, self._given(order))
        except (Refusal, TayangError) as no:
            why = no.why if isinstance(no, Refusal) else no.what
            return _packet("refused", order.command, str(why))

    def _given(self, order: Order) -> int:
        if order.command == "cue":
            return self._orders.cue(BOX, None, **order.more)
        return self._orders.give(BOX, order.command, **order.more)

    def _warn(self, sender: Sender, error: _Foreign) -> None:
        if not self._warned:
            self._warned = True
            what = f"{sender[0]}:{sender[1]}: {error}"
            self._tell(
                Text(f"Paket OSC diabaikan, dari {what}", f"An OSC packet is ignored, from {what}")
            )


def understood(packet: bytes) -> Order | None:
    """The order of a packet; None for a button that is let go; ValueError when it is none of ours.

    A number is how hard a button is pressed (0: let go), as control surfaces send it; for `cue` it is
    on or off.
    """
    try:
        message = OscMessage(packet)
    except (ParseError, ValueError, IndexError) as error:
        raise _Foreign(str(error)) from error
    address, arguments = str(message.address), list(message.params)
    command = address.removeprefix(ROOT)
    if not address.startswith(ROOT) or command not in TAKES or len(arguments) > 1:
        raise _Foreign(f"{address!r} {arguments!r}")
    named, (argument,) = TAKES[command], arguments or [1]
    if isinstance(argument, str):
        if named is None or not 0 < len(argument) <= LONGEST:
            raise _Foreign(f"{address} {argument!r}")
        return Order(command, {named: argument})
    if command == "next" or not isinstance(argument, int | float):
        raise _Foreign(f"{address} {argument!r}")
    if command == "cue":
        return Order(command, {"on": bool(argument)})
    return Order(command, {}) if argument else None


def _packet(outcome: str, command: str, more: int | str) -> bytes:
    builder = OscMessageBuilder(address=ROOT + outcome)
    builder.add_arg(command)
    builder.add_arg(more)
    return builder.build().dgram
