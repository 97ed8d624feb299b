"""The machine: what must be installed, what there is."""

import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from failure import Failure
from servers import LAUNCHER

PACKAGES = {"nginx": "nginx", "wrk": "wrk", "curl": "curl", "strace": "strace", "openssl": "openssl"}


def install(wanted):
    """Makes sure that tools are there; root gets them from Debian's packages."""
    # Where Debian keeps nginx, which is not on everybody's path.
    os.environ["PATH"] += os.pathsep + "/usr/sbin"
    missing = [PACKAGES[tool] for tool in wanted if not shutil.which(tool)]
    if not missing:
        return
    names = " ".join(missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise Failure(f"missing: {names}. Install them, on Debian by: sudo apt-get install {names}")
    print(f"bench: installing {names}", file=sys.stderr)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "-q", "update"], ["apt-get", "-qy", "install", "--no-install-recommends", *missing]):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, env=environment)
        if done.returncode:
            raise Failure(f"{' '.join(command)} failed: {done.stderr.strip()[-500:]}")


def check_space(directory, wanted):
    free = shutil.disk_usage(directory).free
    if free < wanted:
        raise Failure(
            f"{directory} has {free >> 20} MiB free, and {wanted >> 20} MiB are needed: set TMPDIR to another place"
        )


def version():
    """What the launcher says of itself. It builds the jar if need be and has Java record what a start needs, as after an
    installation, so that no measurement waits for that."""
    prepare = subprocess.run([str(LAUNCHER), "prepare"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if prepare.returncode:
        raise Failure(f"{LAUNCHER} prepare failed: {prepare.stderr.strip()}")
    done = subprocess.run([str(LAUNCHER), "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise Failure(f"{LAUNCHER} --version failed, see above")
    return done.stdout.strip()


def description(measured):
    """One line for whoever reads the figures later."""
    nginx = subprocess.run(["nginx", "-v"], capture_output=True, text=True).stderr.strip().rpartition(" ")[2]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    return (
        f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} × {processor()}, {memory:.0f} GiB,"
        f" {platform.system()} {platform.release()}; {measured}; {nginx}"
    )


def processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
