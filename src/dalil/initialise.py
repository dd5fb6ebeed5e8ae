"""`dalil init`: look at the sources, write a dalil.yaml that a person can read and edit."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from dalil.artefacts import disk_errors, write_text
from dalil.collect.read import Reader
from dalil.collect.sources import SourceFile, list_sources
from dalil.config import CONFIG_NAME, Config, ReadingSettings, SourceSettings, parse_config
from dalil.errors import ConfigError
from dalil.records import Document, Dropped, Language

LOOKED_AT = 200
LEAST_SHARE = 0.02
DEFAULT_RECIPE = "app-catalogue"


@dataclass(frozen=True)
class Initialised:
    """What init found and wrote."""

    config: Path
    recipe: str | None
    files: dict[str, int]
    languages: list[Language]
    dropped: list[Dropped]
    pairs: int


def recipes() -> list[str]:
    """The recipes that ship with dalil."""
    return sorted(item.name for item in resources.files("dalil").joinpath("recipes").iterdir() if item.is_dir())


def recipe_config(name: str) -> dict[str, Any]:
    """A recipe's dalil.yaml as plain data. Raises ConfigError that lists the recipes."""
    if name not in recipes():
        raise ConfigError(
            f"There is no recipe {name!r}; there are: {', '.join(recipes())}.", hint="dalil init DIR --recipe NAME"
        )
    text = resources.files("dalil").joinpath("recipes", name, CONFIG_NAME).read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def initialise(folder: Path, *, recipe: str | None, sources: tuple[str, ...], pairs: str | None) -> Initialised:
    """Make `folder` a workspace. Raises ConfigError where it is one already or nothing was given to read."""
    target = folder / CONFIG_NAME
    if target.exists():
        raise ConfigError(f"{target} exists already; it is left as it is.", hint=f"dalil run --workspace {folder}")
    if not recipe and not sources:
        raise ConfigError("Say what to read: --sources PATH (your documents) or --recipe NAME (a sample).",
                          hint=f"dalil init {folder.name} --sources PATH")  # fmt: skip
    data = recipe_config(recipe) if recipe else {}
    if sources:
        data["sources"] = [{"path": _reference(source, folder)} for source in sources]
    parse_config(data, CONFIG_NAME)
    files, dropped = list_sources([SourceSettings(**source) for source in data["sources"]],
                                  _sources_root(recipe, sources, folder), ReadingSettings())  # fmt: skip
    if not files:
        raise ConfigError(
            f"No readable file in {', '.join(sources)}{_reasons(dropped)}.", hint="dalil init DIR --sources PATH"
        )
    pair_count = 0
    if pairs:
        pair_count = _check_pairs(pairs)
        data.setdefault("dataset", {})["pairs"] = [_reference(pairs, folder)]
    languages = list(data.get("language") or _languages(files))
    data["language"] = languages
    config = parse_config(data, CONFIG_NAME)
    _write(folder, data, recipe if recipe and not sources else None)
    return Initialised(target, recipe, dict(Counter(file.kind for file in files)), config.language, dropped, pair_count)


def _reference(path: str, folder: Path) -> str:
    """Relative where it lies inside the workspace, else absolute. Raises ConfigError where it is not there."""
    absolute = Path(path).expanduser().resolve()
    if not absolute.exists():
        raise ConfigError(f"{path} does not exist.", hint="give a file or folder that is there")
    inside = absolute.is_relative_to(folder.resolve())
    return Path(os.path.relpath(absolute, folder.resolve())).as_posix() if inside else absolute.as_posix()


def _sources_root(recipe: str | None, sources: tuple[str, ...], folder: Path) -> Path:
    if recipe and not sources:
        return Path(str(resources.files("dalil").joinpath("recipes", recipe)))
    return folder


def _reasons(dropped: list[Dropped]) -> str:
    if not dropped:
        return ": nothing is there"
    return ": " + "; ".join(f"{item.what}: {item.reason}" for item in dropped[:3])


def _check_pairs(path: str) -> int:
    from dalil.dataset.pairs import read_questions

    return len(read_questions(Path(path), None, expected=("fr",)).examples)


def _languages(files: list[SourceFile]) -> list[Language]:
    """The languages of a first look at some files, the most frequent first."""
    reader = Reader(("fr", "en", "ar"), Config().reading)
    step = max(1, len(files) // LOOKED_AT)
    found: Counter[Language] = Counter()
    for file in files[::step][:LOOKED_AT]:
        for item in reader(file):
            if isinstance(item, Document):
                found[item.language] += 1
    kept = [language for language, count in found.most_common() if count >= max(2, LEAST_SHARE * found.total())]
    return kept or [language for language, _ in found.most_common(1)] or ["fr"]


def _refuse_to_overwrite(origin: Path, target: Path) -> None:
    """Raises ConfigError where a file of the recipe would replace another one."""
    for path in sorted(origin.rglob("*")):
        there = target / path.relative_to(origin)
        if path.is_file() and there.exists() and there.read_bytes() != path.read_bytes():
            raise ConfigError(f"{there} exists already and is not the recipe's; nothing was written.",
                              hint="dalil init in another folder, or move that file away")  # fmt: skip


def _write(folder: Path, data: dict[str, Any], recipe: str | None) -> None:
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if recipe:
            origin = resources.files("dalil").joinpath("recipes", recipe)
            with resources.as_file(origin) as path:
                _refuse_to_overwrite(path / "sources", folder / "sources")
                shutil.copytree(path / "sources", folder / "sources", dirs_exist_ok=True)
            if not data.get("dataset", {}).get("pairs"):
                write_text(folder / CONFIG_NAME, origin.joinpath(CONFIG_NAME).read_text(encoding="utf-8"))
                return
    header = (
        "# Settings of this workspace; docs/settings.md of dalil lists them all. `dalil run` follows every change.\n"
    )
    write_text(folder / CONFIG_NAME, header + yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
