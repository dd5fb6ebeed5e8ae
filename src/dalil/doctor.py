"""`dalil doctor`: what is here and what is missing, each with the command that mends it."""

from __future__ import annotations

import platform
import re
import shutil
import sys
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

import dalil
from dalil.config import CONFIG_NAME
from dalil.errors import DalilError

LOW_DISK_GIB = 2.0


def examine(workspace: Path) -> list[dict[str, Any]]:
    """Findings as {name, value, ok: True | False | None, mend}; None: not needed here, only told."""
    return [*_versions(), *_extras(), _disk(workspace), *_workspace(workspace)]


def _finding(name: str, value: str, ok: bool | None = True, mend: str = "") -> dict[str, Any]:
    return {"name": name, "value": value, "ok": ok, "mend": mend}


def _versions() -> list[dict[str, Any]]:
    enough = sys.version_info >= (3, 11)
    return [
        _finding("dalil", dalil.__version__),
        _finding("python", platform.python_version(), enough, "" if enough else "install Python 3.11 or later"),
    ]


def _extras() -> list[dict[str, Any]]:
    """A line for each package of a bare install, and one for each extra that users choose (not the developers')."""
    findings: list[dict[str, Any]] = []
    missing: dict[str, list[str]] = {}
    for requirement in requires("dalil") or []:
        package = re.split(r"[^\w.-]", requirement, maxsplit=1)[0]
        extra = requirement.split("extra ==")[1].strip(" '\"") if "extra ==" in requirement else ""
        if package == "dalil" or extra == "dev":
            continue
        found = _version(package)
        if not extra:
            mend = "" if found else f"pip install {package}"
            findings.append(_finding(package, found or "missing", bool(found), mend))
        else:
            missing.setdefault(extra, []).extend([] if found else [package])
    for extra, packages in missing.items():
        value = f"missing {', '.join(packages)}" if packages else "installed"
        findings.append(_finding(f"extra {extra}", value, None if packages else True,
                                 f"pip install 'dalil[{extra}]'" if packages else ""))  # fmt: skip
    return findings


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _disk(workspace: Path) -> dict[str, Any]:
    here = next(path for path in (workspace.resolve(), *workspace.resolve().parents) if path.exists())
    free = shutil.disk_usage(here).free / 2**30
    return _finding(
        "disk", f"{free:.1f} GiB free", free >= LOW_DISK_GIB, "" if free >= LOW_DISK_GIB else "free some space"
    )


def _workspace(folder: Path) -> list[dict[str, Any]]:
    from dalil.workspace import Workspace

    if not (folder / CONFIG_NAME).is_file():
        return [_finding("workspace", f"none in {folder}", None, "dalil init DIR --sources PATH")]
    try:
        states = Workspace(folder).status()
    except DalilError as error:
        return [_finding("workspace", error.message, False, error.hint)]
    stale = [state for state in states if not state.up_to_date]
    value = f"{len(states) - len(stale)} of {len(states)} stages up to date"
    return [_finding("workspace", value, None if stale else True, "dalil run" if stale else "")]
