"""The split as the pipeline sees it: groups, their sides and folds, what is asked, what may be trained, the certificate."""

from dalil.dataset.certificate import Certifying, certificate
from dalil.dataset.groups import group_examples, members_by_group, resampled_with_records
from dalil.dataset.heldout import Askable, HeldOut, as_askable, askable, draw, may_be_trained, strata, training_examples
from dalil.dataset.sides import SplitRow, assign, fold_count, read_split, write_split

__all__ = [
    "Askable", "Certifying", "HeldOut", "SplitRow", "as_askable", "askable", "assign", "certificate", "draw", "fold_count", "group_examples",
    "may_be_trained", "members_by_group", "read_split", "resampled_with_records", "strata", "training_examples", "write_split",
]  # fmt: skip
