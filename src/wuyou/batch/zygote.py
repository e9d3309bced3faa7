"""The zygote: a plain Python process that has done all importing and warming once, and forks a kernel when asked.

Starting an ordinary kernel costs most of a second of imports, and loading the library and the rules as much again; a
fork of a process that has done both costs milliseconds. It must stay single-threaded (a fork keeps only one thread), so
it opens no socket but the one it was given, and refuses to serve when a library has started a thread.

Wire: one ``SOCK_SEQPACKET`` pair, one JSON request and one JSON answer at a time; an answer to ``fork`` carries a pidfd,
so that the client can watch a process that is not its child. Linux only; elsewhere the ordinary engine is used.
"""

from __future__ import annotations

import array
import contextlib
import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

NOT_NEEDED = {"rfc3987_syntax", "debugpy"}
"""Modules that cost a good part of a second and that nothing in a batch kernel uses."""

LATE = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.iostream", "IPython.core.completer",
    "IPython.core.completerlib", "IPython.core.historyapp", "IPython.core.oinspect", "IPython.extensions.storemagic",
    "tornado.platform.asyncio", "tornado.queues", "tornado.locks", "encodings.idna", "stringprep", "pydoc",
)  # fmt: skip
"""Modules that a kernel imports only when it starts."""

PR_SET_PDEATHSIG = 1


def main(descriptor: int, root: str) -> None:
    """Warm up, say so, and serve until the other end of the socket is closed."""
    line = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _warm_up(root)
    except Exception as error:  # the client falls back to ordinary kernels, which will say what is wrong
        line.send(json.dumps({"error": f"{type(error).__name__}: {error}"[:2000]}).encode())
        return
    threads = len(list(Path("/proc/self/task").iterdir()))
    if threads != 1:
        line.send(json.dumps({"error": f"{threads} threads after warming up; cannot fork safely"}).encode())
        return
    gc.collect()
    gc.freeze()  # keeps the shared pages shared
    line.send(b'{"ready": true}')
    while True:
        data, ancillary, _, _ = line.recvmsg(1 << 20, socket.CMSG_SPACE(4 * array.array("i").itemsize))
        if not data:
            return
        descriptors = array.array("i")
        for level, kind, payload in ancillary:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                descriptors.frombytes(payload[: len(payload) - len(payload) % descriptors.itemsize])
        request = json.loads(data)
        if request["do"] == "fork":
            _fork(line, request, list(descriptors))
        else:
            _reap(line, request["pid"])


def _warm_up(root: str) -> None:
    """Import what a kernel imports late, and run the workbench's slow parts once."""
    for name in NOT_NEEDED:
        sys.modules.setdefault(name, None)  # type: ignore[arg-type]
    import importlib

    for name in LATE:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    from ..workbench import Workbench

    Workbench(Path(root)).warm()


def _fork(line: socket.socket, request: dict[str, Any], descriptors: list[int]) -> None:
    pid = os.fork()
    if pid == 0:
        try:
            line.close()
            _become_kernel(request, descriptors)
        finally:
            os._exit(70)
    watch = os.pidfd_open(pid)
    rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [watch]).tobytes())]
    line.sendmsg([json.dumps({"pid": pid}).encode()], rights)
    for descriptor in (watch, *descriptors):
        os.close(descriptor)


def _reap(line: socket.socket, pid: int) -> None:
    try:
        _, status = os.waitpid(pid, 0)
        code = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        code = -1
    line.send(json.dumps({"code": code}).encode())


def _become_kernel(request: dict[str, Any], descriptors: list[int]) -> None:
    """Turn this fork into a kernel: its own session, environment, folder, randomness and standard streams."""
    import ctypes
    import importlib
    import random

    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null_in, null_out, ready = descriptors
    os.dup2(null_in, 0)
    os.dup2(null_out, 1)
    os.dup2(null_out, 2)
    os.close(null_in)
    os.close(null_out)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    random.seed()
    importlib.invalidate_caches()
    from ipykernel.kernelapp import IPKernelApp

    # The default of parent_handle was read from the environment when the class was made, that is in the zygote.
    app = IPKernelApp.instance(parent_handle=os.getppid())
    app.initialize(request["argv"])  # type: ignore[no-untyped-call]
    os.write(ready, b"1")  # the sockets are bound: the client may connect
    os.close(ready)
    app.start()  # type: ignore[no-untyped-call]
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
