"""What is secret of an address, what is accepted of what was sent, and what ffmpeg's words mean."""

import socket
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from peers import until
from pydantic import SecretStr

from pipeline.air import accepted
from pipeline.air.accepted import Ledger, Wire
from pipeline.air.address import address
from pipeline.air.reasons import reason
from pipeline.errors import OutsideError
from pipeline.settings import Destination
from pipeline.tools import Child


@pytest.mark.parametrize(
    ("url", "key", "shown", "secrets"),
    [
        (
            "rtmp://a.example/live2/",
            "abc-def",
            "rtmp://a.example/live2",
            {"rtmp_app": "live2", "rtmp_playpath": "abc-def"},
        ),
        (
            "rtmps://a.example:443/app/inner/abc?t=1",
            None,
            "rtmps://a.example:443/app/inner",
            {"rtmp_app": "app/inner", "rtmp_playpath": "abc?t=1"},
        ),
        ("rtmp://10.0.0.7/live", None, "rtmp://10.0.0.7/live", {}),
        (
            "srt://a.example:9000?streamid=#!::r=x,m=publish&latency=200&passphrase=long%20enough",
            None,
            "srt://a.example:9000?latency=200",
            {"srt_streamid": "#!::r=x,m=publish", "passphrase": "long enough"},
        ),
        ("srt://a.example:9000", "abc", "srt://a.example:9000", {"srt_streamid": "abc"}),
        ("file:///srv/copy.ts", None, "file:/srv/copy.ts", {}),
    ],
)
def test_what_is_secret_of_an_address_is_kept_apart(
    url: str, key: str | None, shown: str, secrets: dict[str, str]
) -> None:
    made = address(Destination(name="x", url=url, key=SecretStr(key) if key else None))
    assert made.url == shown
    assert dict(made.secrets) == secrets
    said = made.without_secrets(f"can't open {url}/{key or ''}")
    for secret in [*secrets.values(), key]:
        assert secret in ("live2", "app/inner", None) or secret not in said


@pytest.mark.parametrize("key", ["two\nlines", "x" * 901])
def test_a_key_that_ffmpeg_would_not_read_whole_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(OutsideError) as refused:
        address(Destination(name="x", url="rtmp://a/live", key=SecretStr(key)))
    assert key not in str(refused.value)


@given(st.lists(st.integers(1, 5000), min_size=1), st.data())
def test_a_frame_is_accepted_with_its_last_byte_and_never_taken_back(
    sizes: list[int], data: st.DataObject
) -> None:
    ledger, before = Ledger(), 0
    for size in sizes:
        ledger.handed(size)
    for sent in sorted(data.draw(st.lists(st.integers(0, len(sizes)), max_size=5))):
        total = sum(sizes[:sent])
        held = data.draw(st.integers(0, total))
        grown = ledger.settle(sent, total, held)
        whole = sum(sum(sizes[: i + 1]) <= total - held for i in range(sent))
        assert ledger.accepted == max(before, whole)
        assert ledger.bytes == sum(sizes[: ledger.accepted])
        assert grown == (ledger.accepted > before)
        before = ledger.accepted
    assert ledger.complete == (before == len(sizes))


SENDER = """
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as one:
    one.setblocking(False)
    while True:
        try:
            one.send(bytes(1 << 16))
        except BlockingIOError:
            break
    sys.stdin.read()
"""


@pytest.mark.parametrize("allowed", [True, False], ids=["its own descriptor", "the kernel's table"])
def test_the_kernel_tells_what_a_childs_peer_has_not_accepted(
    allowed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not allowed:
        monkeypatch.setattr(accepted, "_second", lambda pid, descriptor: None)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        child = Child([sys.executable, "-c", SENDER, port], feed=True)
        peer, _ = server.accept()
        with peer:
            until(lambda: len(peer.recv(1 << 20, socket.MSG_PEEK)) > 1 << 15)
            wire = Wire(child.pid)
            until(lambda: wire.unacknowledged() > 1 << 16)  # more than the peer's buffer takes
            peer.settimeout(0.05)

            def emptied() -> bool:
                peer.recv(1 << 20)
                return wire.unacknowledged() == 0

            until(emptied)
            wire.close()
            child.stdin.close()
            assert child.wait(10) == 0


def test_a_child_without_a_connection_has_no_wire() -> None:
    child = Child([sys.executable, "-c", "input()"], feed=True)
    with pytest.raises(LookupError):
        Wire(child.pid)
    child.stop()


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("[rtmp @ 0x1] Server error: Already publishing\nError opening output", "another sender"),
        ("[rtmp @ 0x1] Server error: Unauthorized\nError opening output", "rejects this stream"),
        ("SRT.cn: rejection HS response: ERROR:BADSECRET\n[srt @ 0x1]", "passphrase is wrong"),
        ("[srt @ 0x1] Connection to srt://a:1 failed: Input/output error", "from the SRT server"),
        ("[tls @ 0x1] SSL routines::certificate verify failed", "certificate isn't trusted"),
        ("[out#0/mpegts @ 0x1] Error muxing: No space left on device", "disk is full"),
        ("[aost#0:1/copy @ 0x1] Error submitting a packet: Broken pipe", "cut the connection"),
        ("[x @ 0x1] Something new\nand more", "ffmpeg: Something new"),
        ("", "cut the connection"),
    ],
)
def test_ffmpegs_last_words_become_a_sentence(said: str, means: str) -> None:
    assert means in reason(said).en
