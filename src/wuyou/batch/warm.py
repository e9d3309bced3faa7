"""papermill's engine ``warm``: kernels forked from a warm zygote, one process per run, nothing shared between runs.

papermill stays papermill (parameters, outputs, error cells, metadata). Where there is no Linux, no ``pidfd`` or the
zygote cannot warm up, ``engine`` answers with papermill's own engine.
"""

from __future__ import annotations

import array
import asyncio
import contextlib
import json
import logging
import os
import queue
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

if "jsonschema" not in sys.modules:  # it builds 35 grammars that nothing in Jupyter uses: most of a second
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import papermill
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NBClientEngine, papermill_engines
from papermill.utils import merge_kwargs, remove_args

logging.getLogger("papermill").setLevel(logging.ERROR)

ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
START_SECONDS = 60


class Zygote:
    """The client's end of the line to a zygote."""

    def __init__(self, root: Path) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._line = ours
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "wuyou.batch.zygote", str(theirs.fileno()), str(root)],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **ONE_THREAD},
        )
        theirs.close()

    def ready(self) -> bool:
        """Wait until it has warmed up; tell whether it can serve."""
        self._line.settimeout(START_SECONDS)
        try:
            answer = self._line.recv(1 << 16)
        except OSError:
            return False
        self._line.settimeout(None)
        return bool(answer) and "ready" in json.loads(answer)

    def fork(self, argv: list[str], env: dict[str, str], cwd: str, descriptors: list[int]) -> tuple[int, int]:
        """Return the pid of a new kernel and a descriptor by which its end can be seen."""
        request = json.dumps({"do": "fork", "argv": argv, "env": env, "cwd": cwd}).encode()
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", descriptors).tobytes())]
        try:
            with self._lock:
                self._line.sendmsg([request], rights)
                data, ancillary, _, _ = self._line.recvmsg(1 << 16, socket.CMSG_SPACE(array.array("i").itemsize))
        except OSError as error:
            raise RuntimeError("the zygote does not respond") from error
        if not data:
            raise RuntimeError("the zygote does not respond")
        watch = array.array("i")
        watch.frombytes(ancillary[0][2][: watch.itemsize])
        return json.loads(data)["pid"], watch[0]

    def reap(self, pid: int) -> int:
        """Return the exit code of a kernel that has ended."""
        try:
            with self._lock:
                self._line.send(json.dumps({"do": "reap", "pid": pid}).encode())
                answer = self._line.recv(1 << 16)
        except OSError:  # the zygote has gone, and its kernels with it
            return -1
        return int(json.loads(answer)["code"]) if answer else -1

    def close(self) -> None:
        """End the zygote, and with it every kernel it has forked."""
        self._line.close()
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class ForkProvisioner(KernelProvisionerBase):
    """Launches a kernel by forking the zygote."""

    zygote: Zygote

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.pid: int | None = None
        self._watch = self._ready = -1
        self._code: int | None = None
        self.connection_info = {}

    @property
    def has_process(self) -> bool:
        """Whether a kernel is running or not yet reaped."""
        return self.pid is not None

    async def poll(self) -> int | None:
        """Return the exit code, or nothing while it runs."""
        if self.pid is None:
            return 0 if self._code is None else self._code
        if not select.select([self._watch], [], [], 0)[0]:
            return None
        return self._reap()

    async def wait(self) -> int | None:
        """Wait for the end, woken by the descriptor rather than by polling."""
        if self.pid is not None:
            await _readable(self._watch)
            self._reap()
        return self._code

    def _reap(self) -> int:
        if self.pid is not None:
            self._code = self.zygote.reap(self.pid)
            os.close(self._watch)
            self.pid, self._watch = None, -1
        return -1 if self._code is None else self._code

    async def send_signal(self, signum: int) -> None:
        """Signal the kernel and whatever it has started."""
        if self.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signum)

    async def kill(self, restart: bool = False) -> None:  # noqa: ARG002 - the base class names it
        """End it at once."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:  # noqa: ARG002 - the base class names it
        """Ask it to end."""
        await self.send_signal(signal.SIGTERM)

    async def pre_launch(self, **options: Any) -> dict[str, Any]:
        """Write the connection file and make the command line."""
        manager: Any = self.parent
        extra = options.pop("extra_arguments", [])
        manager.write_connection_file()
        self.connection_info = manager.get_connection_info()
        return await super().pre_launch(cmd=manager.format_kernel_cmd(extra_arguments=extra), **options)

    async def launch_kernel(self, cmd: list[str], **options: Any) -> Any:
        """Fork; the kernel's own words on standard output and error go nowhere, its cells' words into the notebook."""
        argv = [str(word) for word in cmd[cmd.index("-f") :]]
        null = os.open(os.devnull, os.O_RDWR)
        self._ready, ready = os.pipe()
        try:
            env = dict(options.get("env") or os.environ)
            self.pid, self._watch = self.zygote.fork(
                argv, env, str(options.get("cwd") or Path.cwd()), [null, null, ready]
            )
        finally:
            os.close(null)
            os.close(ready)
        self._code = None
        return dict(self.connection_info)

    async def bound(self, seconds: float) -> None:
        """Wait until the kernel has bound its sockets; connecting earlier would cost a reconnect.

        Raises RuntimeError when it died before that.
        """
        try:
            await asyncio.wait_for(_readable(self._ready), seconds)
            alive = os.read(self._ready, 1)
        finally:
            os.close(self._ready)
        if not alive:
            raise RuntimeError("the kernel died while starting and did not respond")

    async def cleanup(self, restart: bool = False) -> None:
        """Nothing is left but the folder, which the manager removes."""

    async def get_provisioner_info(self) -> dict[str, Any]:
        """Return what jupyter_client asks for."""
        return {"pid": self.pid}


async def _readable(descriptor: int) -> None:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[None] = loop.create_future()

    def wake() -> None:
        if not future.done():
            future.set_result(None)

    loop.add_reader(descriptor, wake)
    try:
        await future
    finally:
        loop.remove_reader(descriptor)


class WarmManager(AsyncKernelManager):
    """A kernel manager over sockets in a private folder: no port can be taken by someone else."""

    def __init__(self, zygote: Zygote, **traits: Any) -> None:
        self._folder = tempfile.mkdtemp(prefix="wuyou-")
        super().__init__(
            transport="ipc",
            ip=f"{self._folder}/k",
            connection_file=f"{self._folder}/c.json",
            **traits,
        )
        self.kernel_id = os.urandom(8).hex()
        provisioner = ForkProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        provisioner.zygote = zygote
        self.provisioner = provisioner

    async def _async_wait(self, pollinterval: float = 0.1) -> None:  # noqa: ARG002 - nothing is polled
        if self.provisioner is not None and self.provisioner.has_process:
            await self.provisioner.wait()

    async def _async_cleanup_resources(self, restart: bool = False) -> None:
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self._folder, ignore_errors=True)


class WarmClient(PapermillNotebookClient):  # type: ignore[misc]
    """papermill's client, without its fixed waits."""

    async def async_start_new_kernel_client(self) -> Any:
        """Connect once the kernel has bound its sockets."""
        await self.km.provisioner.bound(self.startup_timeout)
        self.kc = self.km.client()
        self.kc.start_channels()
        await _answered(self.km, self.kc, self.startup_timeout)
        self.kc.allow_stdin = False
        return self.kc

    start_new_kernel_client = run_sync(async_start_new_kernel_client)


async def _answered(manager: Any, client: Any, seconds: float) -> None:
    """Wait until the kernel has answered and both channels are seen to be open.

    Raises RuntimeError when it does not answer in time, or has died.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end and await manager.is_alive():
        asked = client.kernel_info()
        with contextlib.suppress(queue.Empty, asyncio.TimeoutError):
            await asyncio.wait_for(_reply(client, asked), 1)
            await asyncio.wait_for(_idle(client, asked), 0.25)
            return
    raise RuntimeError("the kernel did not respond")


async def _reply(client: Any, asked: str) -> None:
    while True:
        message = await client._async_get_shell_msg(timeout=1)
        if message["parent_header"].get("msg_id") == asked:
            client._handle_kernel_info_reply(message)
            return


async def _idle(client: Any, asked: str) -> None:
    while True:
        message = await client._async_get_iopub_msg(timeout=1)
        about = message["parent_header"].get("msg_id") == asked
        if about and message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            return


class WarmEngine(NBClientEngine):  # type: ignore[misc]
    """papermill engine: ``execute_notebook(…, engine_name="warm")``."""

    zygote: Zygote | None = None

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, log_output: bool = False, **options: Any) -> Any:
        """Execute one notebook in a kernel of its own."""
        kept = remove_args(
            ["input_path", "timeout", "startup_timeout", "start_timeout", "execution_timeout"], **options
        )
        merged = merge_kwargs(
            kept,
            timeout=options.get("execution_timeout"),
            startup_timeout=options.get("start_timeout") or START_SECONDS,
            kernel_name=kernel_name,
            log=logging.getLogger("papermill"),
            log_output=log_output,
            shutdown_kernel="immediate",
            extra_arguments=["--HistoryManager.enabled=False", "--IPKernelApp.log_level=50"],
        )
        assert cls.zygote is not None
        client = WarmClient(nb_man, km=WarmManager(cls.zygote, kernel_name=kernel_name), **merged)
        client.owns_km = True
        return client.execute(cleanup_kc=True)


@contextlib.contextmanager
def engine(root: Path) -> Any:
    """Yield the name of the engine to run notebooks of a project with, and end what it needed afterwards."""
    if not sys.platform.startswith("linux") or not hasattr(os, "pidfd_open"):
        yield None
        return
    zygote = Zygote(root)
    try:
        if zygote.ready():
            WarmEngine.zygote = zygote
            papermill_engines.register("warm", WarmEngine)
            yield "warm"
        else:
            yield None
    finally:
        zygote.close()


def execute(
    notebook: Path, target: Path, parameters: dict[str, str], engine_name: str | None, cell_seconds: int
) -> None:
    """Execute a notebook with papermill; paths are absolute, because papermill's ``cwd`` is the whole process's."""
    options: dict[str, Any] = {"progress_bar": False, "execution_timeout": cell_seconds, "engine_name": engine_name}
    if engine_name is None:
        options |= {"shutdown_kernel": "immediate", "extra_arguments": ["--IPKernelApp.log_level=50"]}
    papermill.execute_notebook(str(notebook), str(target), parameters, **options)
