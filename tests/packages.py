"""Installs the Debian packages that some tests need, where it may; says what is left out otherwise.

Run before the tests by `make test`. With CI=true a package that can't be installed is a failure.
"""

import os
import shutil
import subprocess
import sys

PROGRAMS = {
    "nginx": ("nginx", "libnginx-mod-rtmp"),
    "chromium": ("chromium",),
    "srt-live-transmit": ("srt-tools",),
    "openssl": ("openssl",),
    "mkfs.ext4": ("e2fsprogs",),
}


def missing() -> list[str]:
    """The programs that some tests need and that aren't there."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


def install(programs: list[str]) -> bool:
    """Installs their packages as root or by a sudo that asks nothing; False where that may not be."""
    apt = shutil.which("apt-get")
    if apt is None:
        return False
    may = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if may and (shutil.which("sudo") is None or subprocess.run([*may, "true"]).returncode):
        return False
    packages = [package for program in programs for package in PROGRAMS[program]]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    print("Memasang paket Debian · installing Debian packages:", *packages, flush=True)
    for words in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", *packages],
    ):
        if subprocess.run([*may, apt, *words], env=quiet, stdout=subprocess.DEVNULL).returncode:
            return False
    return True


def main() -> int:
    wanted = missing()
    if wanted and not install(wanted):
        packages = " ".join(package for program in wanted for package in PROGRAMS[program])
        print(
            f"Tidak terpasang, ujinya dilewati · not installed, their tests are left out: {packages}"
        )
        return 1 if os.environ.get("CI") == "true" else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
