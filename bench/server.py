"""nginx with its RTMP module, on loopback, with a configuration of its own: what air is sent to."""

import getpass
import re
import shutil
import signal
import socket
import time
from pathlib import Path

from processes import Process

MODULE = Path("/usr/lib/nginx/modules/ngx_rtmp_module.so")
CONFIG = """
load_module {module};
daemon off;
master_process off;
user {user};
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{}}
rtmp {{
    access_log off;
    server {{
        listen 127.0.0.1:{port};
        application live {{ live on; }}
        application kept {{
            live on;
            record all;
            record_unique on;
            record_path {folder};
            record_suffix .flv;
        }}
    }}
}}
"""


def lacking() -> str | None:
    """Why there can be no server here, if so."""
    if shutil.which("nginx") and MODULE.exists():
        return None
    return "nginx with its RTMP module isn't installed (Debian: nginx libnginx-mod-rtmp)"


class Server:
    """Takes streams at `live`, and records those at `kept`, a file a connection."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            self.port = int(one.getsockname()[1])
        self._folder = folder
        (folder / "nginx.conf").write_text(
            CONFIG.format(
                module=MODULE, user=getpass.getuser(), folder=folder.resolve(), port=self.port
            )
        )
        self.start()

    def start(self) -> None:
        """Returns when it listens."""
        argv = ["nginx", "-e", str(self._folder / "start.log")]
        argv += ["-c", str((self._folder / "nginx.conf").resolve())]
        self.process = Process(argv, self._folder / "said.log")
        listens = re.compile(rf":{self.port:04X} 0+:0000 0A")
        while not listens.search(Path("/proc/net/tcp").read_text()):
            if not self.process.alive:
                raise RuntimeError((self._folder / "start.log").read_text())
            time.sleep(0.002)

    def kill(self) -> None:
        self.process.signal(signal.SIGKILL)
        self.process.end()

    def stop(self) -> float:
        """Its processor seconds."""
        self.process.signal(signal.SIGTERM)
        return self.process.end()

    def url(self, name: str, *, kept: bool = False) -> str:
        return f"rtmp://127.0.0.1:{self.port}/{'kept' if kept else 'live'}/{name}"

    def recordings(self, name: str) -> list[Path]:
        """What was received of a stream, oldest first."""
        return sorted(self._folder.glob(f"{name}-*.flv"), key=lambda path: path.stat().st_ctime_ns)
