"""Stages and what is up to date: a stage is a function from folders to a folder, its key a hash of all it depends on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import dalil
from dalil.artefacts import Build, Made, Manifest, Plan, writer_lock
from dalil.config import Config
from dalil.errors import ConfigError, WorkError
from dalil.records import content_id
from dalil.seams import Engine, Progress, Say, quiet, silent


@dataclass(frozen=True)
class Context:
    """Where and how stages run. `root` is the workspace."""

    root: Path
    config: Config
    engine: Engine
    progress: Progress = silent
    say: Say = quiet

    @property
    def build(self) -> Build:
        return Build(self.root / "build")

    @property
    def state(self) -> Path:
        return self.root / "state"


@dataclass(frozen=True)
class Job:
    """One stage at work: `folder` takes what it makes, `inputs` are the folders of the stages it needs."""

    context: Context
    folder: Path
    inputs: dict[str, Path]


@dataclass(frozen=True)
class Stage:
    """A stage. `reads` fingerprints what it takes from outside the build (sources, pairs), by name.

    `whole`: why its artefact is not what its manifest says; `again`: why `run` makes it anew though nothing has changed.
    """

    name: str
    needs: tuple[str, ...]
    work: Callable[[Job], Made]
    settings: Callable[[Config], Any] = lambda config: {}
    reads: Callable[[Context], dict[str, str]] = lambda context: {}
    version: int = 1
    outside: tuple[str, ...] = ()
    whole: Callable[[Context, Manifest], str] = lambda context, manifest: ""
    again: Callable[[Manifest], str] = lambda manifest: ""


@dataclass(frozen=True)
class State:
    """A stage's state: the plan of what it should be (None while an input is missing) and why it is not up to date."""

    name: str
    plan: Plan | None
    manifest: Manifest | None
    reason: str = ""

    @property
    def up_to_date(self) -> bool:
        return not self.reason


@dataclass
class Runner:
    """Runs the stages that are not up to date, in order."""

    stages: Sequence[Stage]
    context: Context
    _reads: dict[str, dict[str, str]] = field(default_factory=dict)

    def states(self, upto: str | None = None, *, verify: bool = True) -> list[State]:
        """Each stage's state, in order, up to and including `upto`; `verify` also hashes every file.

        Raises ConfigError where no stage is called `upto`.
        """
        known: dict[str, State] = {}
        for stage in self._wanted(upto):
            known[stage.name] = self._state(stage, known, verify)
        return list(known.values())

    def run(self, upto: str | None = None, *, verify: bool = True) -> Iterator[State]:
        """Bring the stages up to date; yields each with its manifest. One writer a workspace."""
        states = self.states(upto, verify=verify)
        if all(state.up_to_date for state in states):
            yield from states
            return
        with writer_lock(self.context.state):
            known: dict[str, State] = {}
            for stage in self._wanted(upto):
                state = self._state(stage, known, verify)
                if not state.up_to_date:
                    state = self._make(stage, state, known)
                known[stage.name] = state
                yield state

    def folder(self, stage: str) -> Path:
        """The folder of a stage's current artefact. Raises WorkError where there is none."""
        key = self.context.build.current().get(stage)
        if key is None or not (path := self.context.build.path(stage, key)).is_dir():
            raise WorkError(f"The stage {stage} has not been built in {self.context.root}.", hint="dalil run")
        return path

    def manifest(self, stage: str) -> Manifest | None:
        """The manifest of a stage's current artefact, or None."""
        key = self.context.build.current().get(stage)
        return self.context.build.manifest(stage, key) if key else None

    def _wanted(self, upto: str | None) -> list[Stage]:
        if upto is None:
            return list(self.stages)
        by_name = {stage.name: stage for stage in self.stages}
        if upto not in by_name:
            raise ConfigError(f"There is no stage {upto!r}; the stages are: {', '.join(by_name)}.",
                              hint="dalil run --upto STAGE")  # fmt: skip
        wanted, waiting = set[str](), [upto]
        while waiting:
            name = waiting.pop()
            wanted.add(name)
            waiting += [need for need in by_name[name].needs if need not in wanted]
        return [stage for stage in self.stages if stage.name in wanted]

    def _state(self, stage: Stage, known: dict[str, State], verify: bool) -> State:
        waiting = [need for need in stage.needs if not known[need].up_to_date]
        if waiting:
            return State(stage.name, None, None, f"{waiting[0]} changes first")
        plan = self._plan(stage, known)
        build = self.context.build
        manifest = build.manifest(stage.name, plan.key)
        if manifest is None:
            return State(stage.name, plan, None, self._why(stage.name, plan))
        damage = build.damage(manifest) or stage.again(manifest) if verify else ""
        damage = damage or stage.whole(self.context, manifest)
        if not damage and build.current().get(stage.name) != plan.key:
            return State(stage.name, plan, manifest, "another version is current")
        return State(stage.name, plan, manifest, damage)

    def _plan(self, stage: Stage, known: dict[str, State]) -> Plan:
        if stage.name not in self._reads:
            self._reads[stage.name] = stage.reads(self.context)
        inputs = dict(self._reads[stage.name])
        for need in stage.needs:
            manifest = known[need].manifest
            inputs[need] = manifest.content if manifest else ""
        settings = stage.settings(self.context.config)
        parts = json.dumps([settings, inputs], sort_keys=True, ensure_ascii=False)
        return Plan(
            stage.name,
            content_id(stage.name, str(stage.version), dalil.__version__, parts),
            settings,
            inputs,
            stage.outside,
        )

    def _why(self, name: str, plan: Plan) -> str:
        before = self.manifest(name)
        if before is None:
            return "not built yet"
        changed = [key for key in plan.inputs if before.inputs.get(key) != plan.inputs[key]]
        gone = [key for key in before.inputs if key not in plan.inputs]
        if changed or gone:
            names = [*changed, *(f"{key} (gone)" for key in gone)]
            return f"changed: {', '.join(names[:3])}{' …' if len(names) > 3 else ''}"
        return "settings changed" if before.settings != plan.settings else "this version of dalil makes it differently"

    def _make(self, stage: Stage, state: State, known: dict[str, State]) -> State:
        plan = state.plan or self._plan(stage, known)
        build = self.context.build
        if state.manifest is not None and state.reason == "another version is current":
            build.point(stage.name, plan.key)
            return State(stage.name, plan, state.manifest)
        inputs = {need: build.path(need, known[need].plan.key) for need in stage.needs if known[need].plan}  # type: ignore[union-attr]
        manifest = build.make(plan, lambda folder: stage.work(Job(self.context, folder, inputs)))
        return State(stage.name, plan, manifest)
