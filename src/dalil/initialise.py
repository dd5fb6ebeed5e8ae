"""`dalil init`: look at the sources, write a dalil.yaml that a person can read and edit."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from dalil.artefacts import disk_errors, write_text
from dalil.collect.read import Reader
from dalil.collect.sources import SourceFile, list_sources
from dalil.config import CONFIG_NAME, Config, ReadingSettings, SourceSettings, parse_config
from dalil.errors import ConfigError
from dalil.records import Document, Dropped, Language

if TYPE_CHECKING:
    from dalil.dataset.pairs import QuestionFile

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
    ignored_columns: dict[str, int]
    warnings: list[str]
    notes: list[str]


def recipes() -> list[str]:
    """The recipes that ship with dalil."""
    return sorted(item.name for item in resources.files("dalil").joinpath("recipes").iterdir() if item.is_dir())


def recipe_config(name: str) -> dict[str, Any]:
    """A recipe's dalil.yaml as plain data. Raises ConfigError that lists the recipes."""
    if name not in recipes():
        raise ConfigError(
            f"There is no recipe {name!r}; there are: {', '.join(recipes())}.", hint="dalil init DIR --recipe NAME"
        )
    data: dict[str, Any] = yaml.safe_load((_recipe_folder(name) / CONFIG_NAME).read_bytes())
    return data


def _recipe_folder(name: str) -> Path:
    return Path(str(resources.files("dalil").joinpath("recipes", name)))


def initialise(folder: Path, *, recipe: str | None, sources: tuple[str, ...], pairs: str | None) -> Initialised:
    """Make `folder` a workspace. Raises ConfigError where it is one already or nothing was given to read."""
    target = folder / CONFIG_NAME
    if target.exists():
        raise ConfigError(f"{target} exists already; it is left as it is.", hint=f"dalil run --workspace {folder}")
    if not recipe and not sources:
        raise ConfigError("Say what to read: --sources PATH (your documents) or --recipe NAME (a sample).",
                          hint=f"dalil init {folder.name} --sources PATH")  # fmt: skip
    data, notes = _settings(recipe, sources, pairs, folder)
    parse_config(data, CONFIG_NAME)
    root = _recipe_folder(recipe) if recipe and not sources else folder
    files, dropped = list_sources([SourceSettings(**source) for source in data["sources"]], root, ReadingSettings())
    if not files:
        raise ConfigError(
            f"No readable file in {', '.join(sources)}{_reasons(dropped)}.", hint="dalil init DIR --sources PATH"
        )
    own = [Path(pairs)] if pairs else [root / path for path in data.get("dataset", {}).get("pairs", [])]
    given = [_questions(path) for path in own]
    data["language"] = list(data.get("language") or _languages(files))
    config = parse_config(data, CONFIG_NAME)
    _write(folder, data, recipe, root)
    return Initialised(
        target, recipe, dict(Counter(file.kind for file in files)), config.language, dropped,
        sum(len(file.examples) for file in given),
        dict(sum((Counter(file.ignored_columns) for file in given), Counter[str]())),
        [warning for file in given for warning in _said_of(file)], notes,
    )  # fmt: skip


def _settings(
    recipe: str | None, sources: tuple[str, ...], pairs: str | None, folder: Path
) -> tuple[dict[str, Any], list[str]]:
    """The settings of the workspace, and what a person should know who expects those of the recipe."""
    data = recipe_config(recipe) if recipe else {}
    notes: list[str] = []
    if recipe and (sources or pairs):
        notes.append(f"{CONFIG_NAME} was written anew: the comments of the recipe {recipe} are not in it.")
    given = data.get("dataset", {})
    if given.get("pairs") and (sources or pairs):
        notes.append(f"The recipe's own questions ({', '.join(given.pop('pairs'))}) are left out: "
                     + ("they are about its sample." if sources else f"{pairs} takes their place."))  # fmt: skip
    if sources:
        data["sources"] = [{"path": _reference(source, folder)} for source in sources]
    if pairs:
        data.setdefault("dataset", {})["pairs"] = [_reference(pairs, folder)]
    return data, notes


def _reference(path: str, folder: Path) -> str:
    """Relative where it lies inside the workspace, else absolute. Raises ConfigError where it is not there."""
    absolute = Path(path).expanduser().resolve()
    if not absolute.exists():
        raise ConfigError(f"{path} does not exist.", hint="give a file or folder that is there")
    inside = absolute.is_relative_to(folder.resolve())
    return Path(os.path.relpath(absolute, folder.resolve())).as_posix() if inside else absolute.as_posix()


def _reasons(dropped: list[Dropped]) -> str:
    if not dropped:
        return ": nothing is there"
    return ": " + "; ".join(f"{item.what}: {item.reason}" for item in dropped[:3])


def _questions(path: Path) -> QuestionFile:
    from dalil.dataset.pairs import read_questions

    return read_questions(path, None, expected=("fr",))


def _said_of(file: QuestionFile) -> list[str]:
    return [f"left out: {drop.what}: {drop.reason}" for drop in file.dropped] + file.warnings


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


def _named_files(origin: Path, data: dict[str, Any]) -> Iterator[Path]:
    """The files of a recipe that its settings name: its sources, whole, and its own questions."""
    named = [source["path"] for source in data["sources"]] + data.get("dataset", {}).get("pairs", [])
    for place in (origin / path for path in named if not Path(path).is_absolute()):
        yield from [place] if place.is_file() else sorted(path for path in place.rglob("*") if path.is_file())


def _refuse_to_overwrite(files: Iterable[Path], origin: Path, target: Path) -> None:
    """Raises ConfigError where a file of the recipe would replace another one."""
    for path in files:
        there = target / path.relative_to(origin)
        if there.exists() and there.read_bytes() != path.read_bytes():
            raise ConfigError(f"{there} exists already and is not the recipe's; nothing was written.",
                              hint="dalil init in another folder, or move that file away")  # fmt: skip


def _copy(origin: Path, target: Path) -> None:
    """Copy beside and rename, so that an init that was stopped can be repeated."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}.partial")
    try:
        shutil.copyfile(origin, beside)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)


def _write(folder: Path, data: dict[str, Any], recipe: str | None, origin: Path) -> None:
    """dalil.yaml, and beside it the recipe's sample where it is read (`origin`). Unchanged settings are copied as they are."""
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if recipe and origin != folder:
            files = list(dict.fromkeys(_named_files(origin, data)))
            _refuse_to_overwrite(files, origin, folder)
            for path in files:
                _copy(path, folder / path.relative_to(origin))
            if data == recipe_config(recipe):
                _copy(origin / CONFIG_NAME, folder / CONFIG_NAME)
                return
    header = (
        "# Settings of this workspace; docs/settings.md of dalil lists them all. `dalil run` follows every change.\n"
    )
    write_text(folder / CONFIG_NAME, header + yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
