"""A model: what training it takes, and the training."""

from __future__ import annotations

from pathlib import Path

import click

from dalil.cli.verbs import as_json, note, open_workspace, print_json, verb


@verb
@as_json
@click.option("--recipe", metavar="NAME", help="A recipe or a published preset (default: the workspace).")
@click.option(
    "--model",
    metavar="NAME",
    help="Which of its models (default: the first), or scratch, openai, openai-gpt-3.5-turbo.",
)
@click.option(
    "--device", metavar="NAME", help="The device (default: the recipe's, else the smallest GPU that holds it)."
)
@click.option(
    "--architectures", is_flag=True, help="Only the table of architectures: the workspace's models and the known ones."
)
@click.option("--rules", is_flag=True, help="Only the published rules of thumb: settings by size, criteria, costs.")
def plan(
    workspace: str,
    json_: bool,
    recipe: str | None,
    model: str | None,
    device: str | None,
    architectures: bool,
    rules: bool,
) -> None:
    """What training a model will take: steps, memory, minutes, money, and what is wrong with the settings."""
    from dalil import planning
    from dalil.cli.show_plan import show_architectures, show_plan, show_rules
    from dalil.training.cautions import cautions
    from dalil.training.plan import as_row

    if architectures:
        rows = planning.architectures(Path(workspace))
        print_json(rows) if json_ else show_architectures(rows)
        return
    if rules:
        published = planning.rules_of_thumb()
        print_json([published]) if json_ else show_rules(published)
        return
    made = planning.plan(Path(workspace), recipe=recipe, model=model, device=device)
    warnings = cautions(made)
    print_json([as_row(made, warnings)]) if json_ else show_plan(made, warnings)


@verb
@as_json
@click.option("--model", metavar="NAME", help="A model of dalil.yaml (default: the first).")
def train(workspace: str, json_: bool, model: str | None) -> None:
    """Train a model on the workspace's questions; a killed run goes on where it was."""
    import os

    from dalil.cli.show_train import show_trained
    from dalil.train import train_model

    made = train_model(open_workspace(workspace), model, offline="DALIL_OFFLINE" in os.environ, note=note)
    print_json([made.as_row()]) if json_ else show_trained(made)
