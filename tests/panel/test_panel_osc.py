"""OSC and buttons: what a packet means, and that it, or an HTTP button, takes an item of a real program."""

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from made import session
from peers import until
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder
from rooms import Room, control_room, settings_in

from pipeline.air import JOURNAL, Sheet, ask, read_journal, write_sheet
from pipeline.air.session import Footage
from pipeline.clock import SystemClock
from pipeline.errors import OutsideError, Text
from pipeline.panel.osc import listening_osc, understood
from pipeline.panel.server import serving_panel
from pipeline.tools import Child
from pipeline.wiring import Studio

FACTS = {"event_name": "Uji", "stands": [], "planned": [], "rundown": "v"}


def packet(address: str, *arguments: Any) -> bytes:
    builder = OscMessageBuilder(address=address)
    for one in arguments:
        builder.add_arg(one)
    return bytes(builder.build().dgram)


@pytest.mark.parametrize(
    ("sent", "order"),
    [
        (packet("/tayang/take"), ("take", {})),
        (packet("/tayang/take", "1-04"), ("take", {"item": "1-04"})),
        (packet("/tayang/take", 1.0), ("take", {})),
        (packet("/tayang/next", "1-04"), ("next", {"item": "1-04"})),
        (packet("/tayang/hold", 1), ("hold", {})),
        (packet("/tayang/hold", True), ("hold", {})),
        (packet("/tayang/undo"), ("undo", {})),
        (packet("/tayang/mark", "gong 🙂"), ("mark", {"text": "gong 🙂"})),
        (packet("/tayang/cue"), ("cue", {"on": True})),
        (packet("/tayang/cue", 1), ("cue", {"on": True})),
        (packet("/tayang/cue", 0), ("cue", {"on": False})),
    ],
)
def test_a_packet_is_an_order(sent: bytes, order: Any) -> None:
    assert understood(sent) == order


@pytest.mark.parametrize("command", ["take", "hold", "slate", "mark", "undo"])
@pytest.mark.parametrize("up", [0, 0.0, False])
def test_a_button_that_is_let_go_does_nothing(command: str, up: Any) -> None:
    assert understood(packet(f"/tayang/{command}", up)) is None


FOREIGN = [
    b"",
    b"\0",
    b"/tayang/take",
    b"\xff" * 40,
    packet("/tayang/take")[:-2],
    b"/tayang/next\0\0\0\0,s\0\0",
    packet("/lain/take"),
    packet("/tayang/stop"),
    packet("/tayang/"),
    packet("/tayang/t*"),
    packet("/tayang/take", "a", "b"),
    packet("/tayang/take", ""),
    packet("/tayang/take", "x" * 201),
    packet("/tayang/take", b"1-04"),
    packet("/tayang/take", None),
    packet("/tayang/next"),
    packet("/tayang/next", 1),
    packet("/tayang/hold", "now"),
    packet("/tayang/cue", "on"),
    OscBundleBuilder(IMMEDIATELY).build().dgram,
]


@pytest.mark.parametrize("sent", FOREIGN)
def test_what_is_none_of_ours_is_no_order(sent: bytes) -> None:
    with pytest.raises(ValueError):
        understood(sent)


class Box:
    """A button box: sends, and hears what became of it."""

    def __init__(self, port: int) -> None:
        self._own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._own.settimeout(20)
        self._own.connect(("127.0.0.1", port))

    def send(self, sent: bytes) -> None:
        self._own.send(sent)

    def press(self, address: str, *arguments: Any) -> list[Any]:
        """The answer's address and arguments."""
        self.send(packet(address, *arguments))
        answer = OscMessage(self._own.recv(4096))
        return [answer.address, *answer.params]

    def close(self) -> None:
        self._own.close()


@contextmanager
def boxed(room: Room, said: list[Text]) -> Iterator[Box]:
    with listening_osc(0, room.parts.orders, said.append) as port:
        box = Box(port)
        try:
            yield box
        finally:
            box.close()


def test_foreign_packets_are_warned_of_once_and_the_box_is_heard_on(tmp_path: Path) -> None:
    said: list[Text] = []
    with control_room(settings_in(tmp_path), still=True) as room, boxed(room, said) as box:
        for sent in FOREIGN:
            box.send(sent)
        refused = ["/tayang/refused", "take", "tidak ada program yang tayang dari folder ini"]
        answer = box.press("/tayang/take", "1-04")
        assert answer[:2] == refused[:2]
        assert answer[2].startswith(refused[2])
        assert box.press("/tayang/cue", 1)[2] == "tidak ada lower third · no lower third"
        entries = room.parts.accounts.trail.entries()
    assert [text.en.startswith("An OSC packet is ignored, from 127.0.0.1:") for text in said] == [
        True
    ]
    assert [(e.who, e.role, e.kind, e.what, e.outcome) for e in entries] == [
        ("OSC", "crew", "device", "cue", "refused"),
        ("OSC", "crew", "device", "take", "failed"),
    ]


def test_it_listens_on_loopback_only_and_says_when_its_port_is_taken(tmp_path: Path) -> None:
    with control_room(settings_in(tmp_path), still=True) as room, boxed(room, []) as box:
        port = box._own.getpeername()[1]
        assert f"0100007F:{port:04X}" in Path("/proc/net/udp").read_text()
        with (
            pytest.raises(OutsideError, match="OSC port"),
            listening_osc(port, room.parts.orders, [].append),
        ):
            pass


def test_a_panel_listens_when_its_settings_name_a_port(tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = settings_in(tmp_path, panel={"port": 0, "osc_port": port})
    with serving_panel(Studio(settings, SystemClock())):
        box = Box(port)
        assert box.press("/tayang/hold")[:2] == ["/tayang/refused", "hold"]
        box.close()


@pytest.fixture
def on_air(tmp_path: Path, make_segment: Any) -> Iterator[Room]:
    """A control room beside a real program of four items, in a process of its own."""
    made = {
        kind: Footage(
            key=kind,
            path=make_segment(tmp_path / f"{kind}.ts", 50, tone),
            kind=kind,
            frames=50,
            loop=True,
        )
        for kind, tone in (("catalogue", 0), ("slate", 60))
    }
    house = {"width": 320, "height": 180, "video_kbps": 300, "audio_kbps": 64}
    settings = settings_in(tmp_path, house=house)
    values = {"event": {"name": "Uji"}, "rundown": "no.yaml", "media": ".", "house": house}
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump({**values, "state": str(settings.state)}))
    write_sheet(settings.state / "air" / "s", Sheet.of(session(made, "s", "abcd"), FACTS))
    argv = [sys.executable, "-m", "pipeline.cli", "--settings", str(file)]
    program = Child([*argv, "air", "--session", "s", "--prepared"])
    try:
        with control_room(settings) as room:
            until(lambda: program.status is not None or room.parts.hub.board.get("on") is not None)
            assert program.status is None, program.tail
            yield room
    finally:
        program.stop()


def test_a_packet_and_an_http_button_take_items_of_a_real_program(on_air: Room) -> None:
    hub, air = on_air.parts.hub, on_air.parts.settings.state / "air"

    def is_on(item: str) -> bool:
        on = hub.board["on"]
        return on is not None and on["item"] == item

    with boxed(on_air, []) as box:
        address, command, frame = box.press("/tayang/take", "c")
        assert (address, command) == ("/tayang/done", "take")
        until(lambda: is_on("c"))
        assert box.press("/tayang/take", "x")[0] == "/tayang/refused"
        assert box.press("/tayang/mark", "gong")[:2] == ["/tayang/done", "mark"]
        until(lambda: ask(air, {"command": "status"})["frame"] > frame + 15)

        button, press = on_air.device("crew", "Companion"), {"item": "b", "id": "tombol-1"}
        url = f"{on_air.url}/api/take"
        answer = requests.post(url, json=press, headers=button, timeout=10)
        assert answer.status_code == 200
        taken = answer.json()["frame"]
        until(lambda: is_on("b"))
        again = requests.post(url, json=press, headers=button, timeout=10)
        assert again.json()["frame"] == taken  # the same press acts once
        assert box.press("/tayang/undo")[:2] == ["/tayang/done", "undo"]
        until(lambda: is_on("c"))

    lines = read_journal(air / "s" / JOURNAL).lines
    orders = [(line["event"], line["by"]) for line in lines if "order" in line]
    assert orders == [("take", "OSC"), ("mark", "OSC"), ("take", "Companion"), ("undo", "OSC")]
    assert [line["first_frame"] for line in lines if line["event"] == "start"][1:3] == [
        frame,
        taken,
    ]
