"""The control room is opened: over TLS, on a port that may be taken, with a link for the first admin."""

import re
import socket
import ssl
from pathlib import Path

import pytest
import requests
from rooms import settings_in

from pipeline.clock import SystemClock
from pipeline.errors import OutsideError
from pipeline.panel.server import serving_panel
from pipeline.tools import run
from pipeline.wiring import Studio


def studio(home: Path, **panel: object) -> Studio:
    return Studio(settings_in(home, panel={"port": 0, **panel}), SystemClock())


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    home = tmp_path_factory.mktemp("tls")
    key, cert = home / "key.pem", home / "cert.pem"
    words = [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-days",
        "2",
        "-subj",
        "/CN=localhost",
    ]
    names = ["-addext", "subjectAltName=IP:127.0.0.1"]
    run(["openssl", *words, *names, "-keyout", str(key), "-out", str(cert)], deadline=30)
    return cert, key


def test_the_first_start_prints_a_link_with_which_the_admin_is_made_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving_panel(studio(tmp_path)) as address:
        (link,) = set(re.findall(r"http\S+/setup\?key=[\w-]+", capsys.readouterr().err))
        assert link.startswith(address)
        form = {"key": link.partition("=")[2], "name": "Sari", "password": "kain jemuran biru"}
        form["again"] = form["password"]
        assert requests.post(f"{address}setup", form, timeout=10).url == address
        assert "Sari" not in requests.post(f"{address}setup", form, timeout=10).text
    with serving_panel(studio(tmp_path)):
        assert "/setup" not in capsys.readouterr().err
    for name in ("panel.sqlite", "panel.key"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_with_a_certificate_it_speaks_tls_and_its_cookies_go_over_nothing_else(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    cert, key = certificate
    opened = studio(tmp_path, certificate=str(cert), certificate_key=str(key))
    with serving_panel(opened) as address:
        assert address.startswith("https://")
        answer = requests.get(address, verify=str(cert), timeout=10)
        assert answer.url == f"{address}login?next=/"
        host, port = re.findall(r"//(.*):(\d+)/", address)[0]
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.load_verify_locations(cert)
        with (
            pytest.warns(DeprecationWarning),
            socket.create_connection((host, int(port))) as plain,
            pytest.raises(ssl.SSLError),
        ):
            old.maximum_version = ssl.TLSVersion.TLSv1_1
            old.wrap_socket(plain, server_hostname=host)


@pytest.mark.parametrize("missing", ["no.pem", "settings.yaml"])
def test_a_certificate_that_cannot_be_used_is_said_in_one_sentence(
    tmp_path: Path, missing: str
) -> None:
    (tmp_path / "settings.yaml").write_text("no certificate")
    opened = studio(tmp_path, certificate=str(tmp_path / missing))
    with pytest.raises(OutsideError, match="TLS certificate"), serving_panel(opened):
        pass


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as other,
        pytest.raises(OutsideError, match="can't be used"),
        serving_panel(studio(tmp_path, port=other.getsockname()[1])),
    ):
        pass


def test_on_loopback_it_answers_to_no_other_name(tmp_path: Path) -> None:
    with serving_panel(studio(tmp_path)) as address:
        answer = requests.get(f"{address}login", headers={"Host": "evil.example"}, timeout=10)
        assert answer.status_code == 400
