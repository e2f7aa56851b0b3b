"""supervisord: configured, started so that it cannot outlive us, and spoken to over its socket."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import xmlrpc.client
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from typing import Any

from supervisor.xmlrpc import SupervisorTransport

from bot.start.place import Place
from bot.start.processes import Process

PR_SET_PDEATHSIG = 1  # prctl(2): the signal that a process gets when its parent dies
STAYS_UP = 5  # seconds; an import error shows after one or two, and must count as a failed start
FIRST = "redis"  # the others need it: started before them, stopped after them

HEAD = """\
; Written anew by every start. Paths are relative to the clone: supervisord reads some of them twice, and would
; stumble over a percent sign in the second reading.
[supervisord]
nodaemon=true
silent=true
logfile=var/log/supervisord.log
logfile_maxbytes=5MB
logfile_backups=2
pidfile=var/supervisor/supervisord.pid
childlogdir=var/log

[unix_http_server]
file={socket}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl=unix://{socket}
"""

PROGRAM = """
[program:{name}]
command={command}
autostart=false
autorestart=true
startsecs={stays_up}
startretries=5
stopasgroup={stop_group}
killasgroup=true
stopwaitsecs={stop_seconds}
redirect_stderr=true
stdout_logfile=var/log/{name}.log
stdout_logfile_maxbytes=10MB
stdout_logfile_backups=3
"""


def configuration(place: Place, processes: Sequence[Process], environment: Mapping[str, str]) -> str:
    """The text of supervisord.conf. It holds no secret: those reach the children through the environment."""

    def plain(value: object) -> str:
        return str(value).replace("%", "%%")

    text = HEAD.format(socket=plain(place.supervisor_socket))
    for process in processes:
        text += PROGRAM.format(
            name=process.name,
            command=plain(process.line(environment)),
            stays_up=STAYS_UP,
            stop_group=str(process.stop_group).lower(),
            stop_seconds=process.stop_seconds,
        )
    # One group stops all at once; group by group they would be waited for one after the other.
    others = ",".join(process.name for process in processes if process.name != FIRST)
    return text + f"\n[group:desk]\nprograms={others}\npriority=900\n"


def _die_with_parent() -> None:
    """In the child, before supervisord starts: when the front process is gone, even by kill -9, stop everything."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Supervisor:
    """One running supervisord. It stands in a session of its own, so that Ctrl-C reaches only the front process."""

    def __init__(self, place: Place, processes: Sequence[Process], environment: Mapping[str, str]) -> None:
        self._groups = {process.name: process.name if process.name == FIRST else "desk" for process in processes}
        self._place = place
        file = place.var / "supervisor" / "supervisord.conf"
        file.write_text(configuration(place, processes, environment))
        file.chmod(0o600)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "supervisor.supervisord", "-c", str(file)],
            cwd=place.root,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=(place.logs / "supervisord.err").open("wb"),
            start_new_session=True,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def start(self, name: str) -> None:
        """Ask for one process; it is not waited for. Nothing happens when it runs already or is just starting."""
        try:
            connect(self._place).supervisor.startProcess(f"{self._groups[name]}:{name}", False)
        except xmlrpc.client.Fault as fault:
            if "ALREADY_STARTED" not in fault.faultString and "SPAWN_ERROR" not in fault.faultString:
                raise

    def states(self) -> dict[str, dict[str, Any]]:
        """What supervisord knows of each process, by name; empty while it does not answer."""
        return states(self._place)

    def stop(self, patience: float) -> None:
        """Stop all, the private Redis last; supervisord itself kills what does not end in time."""
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def states(place: Place) -> dict[str, dict[str, Any]]:
    """What supervisord knows of each process, by name; empty where none runs or answers."""
    try:
        found: Any = connect(place).supervisor.getAllProcessInfo()
    except (OSError, HTTPException):
        return {}
    return {info["name"]: info for info in found}


def connect(place: Place) -> xmlrpc.client.ServerProxy:
    """A proxy for supervisord's interface; nothing is opened before the first call."""
    transport = SupervisorTransport(None, None, f"unix://{place.supervisor_socket}")
    return xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport)
