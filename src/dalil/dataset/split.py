"""The split as the pipeline sees it: groups, their sides and folds, what is asked, what may be trained, the certificate."""

from dalil.dataset.certificate import certificate
from dalil.dataset.groups import group_examples, members_by_group, resampled_with_records
from dalil.dataset.heldout import HeldOut, draw, strata, training_examples
from dalil.dataset.sides import SplitRow, assign, fold_count, read_split, write_split

__all__ = [
    "HeldOut", "SplitRow", "assign", "certificate", "draw", "fold_count", "group_examples", "members_by_group",
    "read_split", "resampled_with_records", "strata", "training_examples", "write_split",
]  # fmt: skip
