"""Database URLs: passwords come from the environment alone, and no text made here shows one."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from cerm_nb.errors import DataError, Problem
from cerm_nb.sources.engine import hide

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_PASSWORD_PLACE = re.compile(
    r"((?<=://)[^/?#@:]*:|[?&;][\w.]*(?:password|passwd|pwd|token|secret|key)=)\$\{(\w+)\}", re.IGNORECASE
)
_SCHEMES = {
    "duckdb": "duckdb",
    "sqlite": "sqlite",
    "postgres": "postgres",
    "postgresql": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "spark": "spark",
}
_SERVERS = {
    "postgres": "postgres://user:${NAME}@host:port/database",
    "mysql": "mysql://user:${NAME}@host:port/database",
    "spark": "spark://local or spark://host:port",
}


@dataclass(frozen=True)
class DatabaseUrl:
    """A database URL with its variables filled in; its `str` and `repr` show no password.

    Parameters
    ----------
    full
        With the password: for the driver alone.
    secrets
        Texts that must never be shown.
    """

    full: str = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)

    def __str__(self) -> str:
        scheme, _, rest = self.full.partition("://")
        login, at, place = rest.rpartition("@")
        if set(login) & set("?#"):
            return f"{scheme}://***"  # no telling where a password ends
        # a password may also stand in the query, so that none of it is shown
        host_and_path = re.split("[?#]", place, maxsplit=1)[0]
        return hide(f"{scheme}://{login.partition(':')[0]}{at}{host_and_path}", self.secrets)

    @property
    def backend(self) -> str:
        """``duckdb``, ``sqlite``, ``postgres``, ``mysql`` or ``spark``."""
        return _SCHEMES[self.full.partition("://")[0]]

    @property
    def is_file(self) -> bool:
        """Whether the database is a file rather than a server."""
        return self.backend in ("duckdb", "sqlite")

    def path(self, root: Path) -> Path:
        """File of a DuckDB or SQLite URL; relative to the project unless absolute."""
        text = self.full.partition("://")[2]
        absolute = Path(text)
        # sqlite:///shop.db is relative in SQLAlchemy's way of writing
        relative = root / text.lstrip("/")
        is_there = os.path.exists(relative)  # noqa: PTH110  # pathlib raises where a name is too long
        return relative if is_there or not absolute.is_absolute() else absolute


def read_url(text: str, *, label: str) -> DatabaseUrl:
    """Fill a URL's ``${NAME}`` from the environment; a password stands there as it is, not encoded.

    Raises
    ------
    DataError
        If a variable is not set, the database is of another kind, or the URL cannot be taken apart.
    """
    names = _VARIABLE.findall(text)
    missing = [name for name in names if name not in os.environ]
    if missing:
        raise DataError(
            Problem(
                f"{label}.from",
                f"the environment variable {name} is not set",
                next_step=f"set it before the run: export {name}=…",
            )
            for name in missing
        )
    encoded = _PASSWORD_PLACE.sub(lambda found: found[1] + quote(os.environ[found[2]], safe=""), text)
    full = _VARIABLE.sub(lambda found: os.environ[found[1]], encoded)
    password = _password(full)
    secrets = {password, unquote(password)}
    if not re.fullmatch(r"\$\{\w+\}", text):
        secrets |= {os.environ[name] for name in names if _is_secret(name)}
    scheme = full.partition("://")[0]
    if scheme not in _SCHEMES:
        got = f"databases of kind {scheme!r} cannot be read" if "://" in full else "no database URL"
        raise DataError(Problem(f"{label}.from", got, _told_schemes()))
    expected = _SERVERS.get(_SCHEMES[scheme])
    if expected and not _is_whole(full):
        next_step = "give the password alone by its own ${NAME}; its signs are then encoded"
        raise DataError(Problem(f"{label}.from", "the URL cannot be taken apart", expected, next_step))
    return DatabaseUrl(full, tuple(sorted(secret for secret in secrets if secret)))


def _told_schemes() -> str:
    *others, last = (f"{scheme}://…" for scheme in dict.fromkeys(_SCHEMES.values()))
    return f"{', '.join(others)} or {last}"


def _password(url: str) -> str:
    return url.partition("://")[2].rpartition("@")[0].partition(":")[2]


def _is_whole(url: str) -> bool:
    """Whether every reader of a URL sees the same parts in it: signs in a password can end it early."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return "@" not in parts.path + parts.query + parts.fragment and parts.netloc.count("@") <= 1


def _is_secret(name: str) -> bool:
    return not re.search(r"user|host|port|name$", name, flags=re.IGNORECASE)
