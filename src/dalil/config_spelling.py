"""How training libraries spell settings: keys that are called otherwise here, and the names that some settings take."""

from __future__ import annotations

RENAMED = {
    "warmup_ratio": "write `warmup_steps`: below 1 it is a share of all steps",
    "group_by_length": "write `train_sampling_strategy: group_by_length`",
    "max_seq_length": "write `max_length`",
    "evaluation_strategy": "write `eval_strategy`",
    "gradient_checkpointing": "write `activation_checkpointing`",
    "save_strategy": "checkpoints are written every `save_steps`",
    "load_best_model_at_end": "`early_stopping_patience` keeps the best",
    "dataset_text_field": "rows are filled into `template`",
    "output_dir": "runs lie in state/models",
    "use_cpu": "a processor is taken where there is no GPU",
    "no_cuda": "a processor is taken where there is no GPU",
    "do_sample": "`temperature` above 0 samples",
    "lora_r": "write `r`",
    "rank": "write `r`",
}
"""Keys that no other key of ours resembles, or only a wrong one ("group_by_length" is nearest to `pad_to_max_length`)."""
SCHEDULERS = frozenset({
    "linear", "cosine", "cosine_with_restarts", "polynomial", "constant", "constant_with_warmup", "inverse_sqrt",
    "reduce_lr_on_plateau", "cosine_with_min_lr", "cosine_warmup_with_min_lr", "warmup_stable_decay", "greedy",
})  # fmt: skip
"""transformers' SchedulerType: a test compares."""
OPTIMISERS = frozenset({
    "muon", "adamw_torch", "adamw_torch_fused", "adamw_torch_xla", "adamw_torch_npu_fused", "adafactor", "adamw_anyprecision",
    "adamw_torch_4bit", "adamw_torch_8bit", "ademamix", "sgd", "adagrad", "adamw_bnb_8bit", "adamw_8bit", "ademamix_8bit",
    "lion_8bit", "lion_32bit", "paged_adamw_32bit", "paged_adamw_8bit", "paged_ademamix_32bit", "paged_ademamix_8bit",
    "paged_lion_32bit", "paged_lion_8bit", "rmsprop", "rmsprop_bnb", "rmsprop_bnb_8bit", "rmsprop_bnb_32bit", "galore_adamw",
    "galore_adamw_8bit", "galore_adafactor", "galore_adamw_layerwise", "galore_adamw_8bit_layerwise",
    "galore_adafactor_layerwise", "lomo", "adalomo", "grokadamw", "schedule_free_radam", "schedule_free_adamw",
    "schedule_free_sgd", "apollo_adamw", "apollo_adamw_layerwise", "stable_adamw",
})  # fmt: skip
"""transformers' OptimizerNames and `muon`: a test compares."""
