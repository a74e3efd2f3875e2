"""One Spark per process: started quietly when first asked for, stopped when the process ends."""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import socket
import tempfile
import threading
import uuid
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.databases import optional
from cerm_nb.sources.engine import engine_errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cerm_nb.sources.urls import DatabaseUrl

_PORT = 7077
_SECONDS_TO_ANSWER = 10
_SECONDS_TO_STOP = 30
_STARTING = threading.Lock()

# double-quoted names need the ANSI mode, in which Spark also stops at what it would else make NULL
_READING = {
    "spark.sql.ansi.enabled": "true",
    "spark.sql.ansi.doubleQuotedIdentifiers": "true",
    "spark.sql.session.timeZone": "UTC",
}
_QUIET = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
_LOGGER = (
    "SQLQueryContextLogger"  # PySpark's; it would print what we raise, with the query and Java's own trace
)
_HERE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.shuffle.partitions": "16",  # as many as a cluster wants make a small table slow
}


def new_session(url: DatabaseUrl, *, label: str) -> Any:
    """Give a session of its own on the Spark a URL names, starting that if need be.

    Parameters
    ----------
    url
        ``spark://local`` for Spark within this process, ``spark://host:port`` for a cluster; settings of
        Spark's may follow as ``?spark.executor.memory=4g&…``.
    label
        Place told in problems.

    Returns
    -------
    pyspark.sql.SparkSession
        With views and settings of its own; the process keeps the Spark under it until it ends.

    Raises
    ------
    DataError
        If PySpark or Java is missing, the cluster cannot be reached, or the process runs another Spark.
    """
    core = optional("pyspark", "Spark", "spark", label=label)
    place, stated = _place(url), _settings(url, label)
    with _STARTING, _errors(url):
        # a process holds one context at most, be it ours or the analyst's; PySpark has no public word for it
        context = core.SparkContext._active_spark_context
        if context is None:
            _require_java(label)
            _require_answer(url)
            context = _start(core, place, stated, url)
        elif context.master != place:
            got = f"this process already runs Spark on {context.master}"
            next_step = "name the same one in every table"
            raise DataError(Problem(f"{label}.from", got, "one Spark per run", next_step))
        session = import_module("pyspark.sql").SparkSession(context).newSession()
        for key, value in _READING.items():
            session.conf.set(key, value)
    return session


def _place(url: DatabaseUrl) -> str:
    parts = urlsplit(url.full)
    return "local[*]" if parts.hostname == "local" else f"spark://{parts.hostname}:{parts.port or _PORT}"


def _settings(url: DatabaseUrl, label: str) -> dict[str, str]:
    """Take the settings out of a URL."""
    stated = dict(parse_qsl(urlsplit(url.full).query, keep_blank_values=True))
    unknown = [key for key in stated if not key.startswith("spark.")]
    if unknown:
        expected = "Spark's own, such as spark.executor.memory=4g"
        raise DataError(Problem(f"{label}.from", f"there is no setting {key!r}", expected) for key in unknown)
    return stated


def _require_java(label: str) -> None:
    home = os.environ.get("JAVA_HOME")
    if not (shutil.which("java") or (home and (Path(home) / "bin" / "java").exists())):
        got, next_step = "Spark needs Java, which is not installed", "install Java 17 or later"
        raise DataError(Problem(f"{label}.from", got, next_step=next_step))


def _require_answer(url: DatabaseUrl) -> None:
    """Knock at the cluster's door: Spark itself would try for minutes."""
    parts = urlsplit(url.full)
    if parts.hostname != "local":
        socket.create_connection((parts.hostname, parts.port or _PORT), _SECONDS_TO_ANSWER).close()


def _start(core: Any, place: str, stated: Mapping[str, str], url: DatabaseUrl) -> Any:
    """Start Java and the context in it; what they would print goes into a file without a name."""
    # one left over from an earlier run would break this one; Spark makes it with the first table alone
    warehouse = Path(tempfile.gettempdir()) / f"cerm-nb-warehouse-{uuid.uuid4().hex}"
    atexit.register(shutil.rmtree, warehouse, ignore_errors=True)
    own = {"spark.sql.warehouse.dir": str(warehouse), "spark.local.dir": tempfile.gettempdir()}
    settings = {**own, **_QUIET, **(_HERE if place == "local[*]" else {}), **stated}
    # other people of the machine can read a command line
    shown = {key: value for key, value in settings.items() if value not in url.secrets}
    with tempfile.TemporaryFile() as log:
        launch = import_module("pyspark.java_gateway").launch_gateway
        gateway = launch(_configured(core, shown, None), {"stdout": log, "stderr": log})
    atexit.register(_end, gateway)
    logging.getLogger(_LOGGER).setLevel(logging.CRITICAL + 1)
    configuration = _configured(core, settings, gateway.jvm).setMaster(place).setAppName("cerm-nb")
    context = core.SparkContext(conf=configuration, gateway=gateway)
    atexit.register(context.stop)
    return context


def _configured(core: Any, settings: Mapping[str, str], machine: Any) -> Any:
    return core.SparkConf(loadDefaults=machine is not None, _jvm=machine).setAll(list(settings.items()))


def _end(gateway: Any) -> None:
    """End the Java that was started here; it ends when its input does."""
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(_SECONDS_TO_STOP)


def _errors(url: DatabaseUrl) -> Any:
    return engine_errors(
        str(url), "Spark cannot be reached", secrets=(*url.secrets, urlsplit(url.full).query)
    )
