"""Load tokenizers and models, with errors that say what to do."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from dalil.config_training import QuantizationSettings
from dalil.errors import ConfigError, WorkError
from dalil.language_model.belonging import known_tokens
from dalil.language_model.folder import CARD, ModelCard, read_card
from dalil.language_model.memory_limits import fitting_into_memory, is_out_of_memory
from dalil.language_model.precision import compute_type, computes_bf16, half_or_full
from dalil.language_model.quiet import quieten
from dalil.packages import load_package

log = logging.getLogger("dalil.language_model")
STACK = ("torch", "transformers", "peft", "trl", "datasets")
"""What the extra `train` installs."""
FOUR_BIT_BLOCK = 64
"""Weights that share a constant in bitsandbytes' 4-bit types."""
FITS_BETTER = "dalil plan says what it needs; quantization: {load_in_4bit: true} holds the weights in a quarter of it"


def training_stack_missing() -> list[str]:
    """The packages of the extra `train` that are not installed; [] where all of them are."""
    return [name for name in STACK if find_spec(name) is None]


def need_training_stack(loaded: Sequence[str] = ("torch", "transformers"), *, offline: bool) -> None:
    """Import `loaded`, quietened. Raises WorkError where the extra `train` is not installed, or one of them cannot be loaded."""
    missing = training_stack_missing()
    if missing:
        raise WorkError(f"Language models need {', '.join(missing)}, which is not installed.",
                        hint="pip install 'dalil[train]'")  # fmt: skip
    quieten(offline=offline)
    for name in loaded:
        load_package(
            name, "Language models", hint=f"pip install --force-reinstall {name}; dalil doctor shows the versions"
        )


def load_tokenizer(name: str, *, offline: bool) -> Any:
    """The tokenizer, with a pad token. Raises ModelMissing where it cannot be had, ConfigError where it has no end token."""
    need_training_stack(offline=offline)
    from transformers import AutoTokenizer

    tokenizer = _fetched(name, offline, AutoTokenizer.from_pretrained)
    if tokenizer.eos_token_id is None:
        raise ConfigError(f"The tokenizer of {name} has no end token: a model tuned with it would never stop.",
                          hint="set eos_token in its tokenizer_config.json, or take another model")  # fmt: skip
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token
    tokenizer.padding_side = "right"
    return tokenizer


def load_model(name: str, quantization: QuantizationSettings, *, dtype: str, offline: bool) -> Any:
    """A causal language model in `dtype` (float32, bfloat16, float16), quantised where asked for."""
    need_training_stack(offline=offline)
    import torch
    from transformers import AutoModelForCausalLM

    if is_quantised(quantization) and find_spec("bitsandbytes") is None:
        raise WorkError("Weights in 4 or 8 bits need bitsandbytes, which is not installed.",
                        hint="pip install 'dalil[train]' on Linux; elsewhere leave `quantization` out")  # fmt: skip
    extra = {"quantization_config": _bitsandbytes(quantization)} if is_quantised(quantization) else {}
    if torch.cuda.is_available():
        extra["device_map"] = {"": 0}
    model = _fetched(name, offline, AutoModelForCausalLM.from_pretrained, dtype=getattr(torch, dtype), **extra)
    if quantization.load_in_4bit and not torch.cuda.is_available():
        _packs_on_a_processor(name, model)
    return model


def _packs_on_a_processor(name: str, model: Any) -> None:
    """Raises ConfigError where bitsandbytes would fail at the first answer: it packs 4-bit weights by whole blocks there."""
    from bitsandbytes.nn import Linear4bit

    for place, module in model.named_modules():
        if isinstance(module, Linear4bit) and module.in_features % FOUR_BIT_BLOCK:
            raise ConfigError(
                f"{name}: in 4 bits a processor needs inputs in multiples of {FOUR_BIT_BLOCK}, and {place} has {module.in_features}.",
                hint="take load_in_8bit, or leave `quantization` out, or train it on a GPU",
            )


def context_of(name: str, *, offline: bool) -> int | None:
    """Tokens that the model reads at most, where its configuration says so. Raises ModelMissing where it cannot be had,
    ConfigError where it is no language model that writes."""
    need_training_stack(offline=offline)
    from transformers import AutoConfig

    config = _fetched(name, offline, AutoConfig.from_pretrained)
    _writes(name, config)
    found = getattr(config, "max_position_embeddings", None) or getattr(config, "n_positions", None)
    return int(found) if found else None


def _writes(name: str, config: Any) -> None:
    """Raises ConfigError for an encoder (BERT, XLM-R, multilingual-e5): transformers would take it for a language model."""
    from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES

    if config.model_type in MODEL_FOR_MASKED_LM_MAPPING_NAMES and not getattr(config, "is_decoder", False):
        raise ConfigError(f"{name} ({config.model_type}) is an encoder: it makes vectors and writes no answers, so `dalil train` does not train it.",
                          hint="take a causal language model (Llama, Qwen, Mistral, Gemma, GPT-2 …); an encoder belongs under `embedder:`")  # fmt: skip


def is_quantised(quantization: QuantizationSettings) -> bool:
    return quantization.load_in_4bit or quantization.load_in_8bit


class ModelMissing(WorkError):
    """A model or tokenizer that cannot be had here: no network, no such name, or no right to it."""


def _fetched(name: str, offline: bool, load: Any, **more: Any) -> Any:
    """What `load` gives for a hub name or a folder, with its errors made plain."""
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()
    local = Path(name).is_dir()
    try:
        with fitting_into_memory(name, FITS_BETTER):
            return load(name, local_files_only=offline or local, **more)
    except WorkError:
        raise
    except Exception as error:
        raise _explained(name, offline, local, error) from error


def _explained(name: str, offline: bool, local: bool, error: Exception) -> WorkError:
    said = str(error)
    if "gated" in said.lower() or "401" in said or "403" in said:
        return ModelMissing(f"{name} is a gated model: its authors must let you in.",
                            hint=f"ask for access on its page, set HF_TOKEN, then: dalil train ({name})")  # fmt: skip
    if local:
        return WorkError(f"The folder {name} does not hold a whole model ({_first_line(error)}).",
                         hint="copy the model there again, or train it again")  # fmt: skip
    if "does not recognize this architecture" in said or "not a string" in said:
        return WorkError(
            f"{name} is of a kind that this version of transformers does not know.", hint="pip install -U transformers"
        )
    if name.startswith((".", "/", "~")):
        return ModelMissing(f"There is no folder {name}.", hint="mend model_name_or_path: a folder, by its whole path or as the workspace sees it, or a name on the hub")  # fmt: skip
    why = (
        "it is not on this machine and --offline was given"
        if offline
        else "it is not on this machine and could not be fetched"
    )
    return ModelMissing(f"The model {name} cannot be had: {why}.",
                        hint="with a network: dalil train; without one, put its folder as model_name_or_path")  # fmt: skip


def with_adapter(model: Any, folder: str, *, trainable: bool = False) -> Any:
    """The model with the adapter in the folder. Raises WorkError where its file is not whole, ConfigError where it does not
    fit the model."""
    from peft import PeftModel
    from safetensors import SafetensorError

    try:
        return PeftModel.from_pretrained(model, folder, is_trainable=trainable)
    except SafetensorError as error:
        raise WorkError(f"The adapter in {folder} is not whole ({_first_line(error)}).",
                        hint="copy it there again, or remove that run's folder and train it again: dalil train") from error  # fmt: skip
    except (RuntimeError, ValueError, OSError) as error:
        if is_out_of_memory(error):
            raise
        raise ConfigError(f"The adapter in {folder} does not fit this model ({_first_line(error)}).",
                          hint="give the base that it was trained on as model_name_or_path") from error  # fmt: skip


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]


def _bitsandbytes(quantization: QuantizationSettings) -> Any:
    import torch
    from transformers import BitsAndBytesConfig

    given = quantization.model_dump()
    asked = given.pop("bnb_4bit_compute_dtype")
    compute = compute_type(asked, bf16=computes_bf16())
    if quantization.load_in_4bit and compute != asked:
        log.warning("on a processor without bfloat16: bnb_4bit_compute_dtype becomes %s", compute)
    return BitsAndBytesConfig(**given, bnb_4bit_compute_dtype=getattr(torch, compute))


def load_trained(folder: Path, *, tuned: bool = True, offline: bool = True) -> tuple[Any, Any, ModelCard]:
    """(model, tokenizer, card) of a trained folder, ready to answer. `tuned` false: the model before training."""
    if not (folder / CARD).is_file():
        raise WorkError(f"{folder} holds no trained model.", hint="dalil train")
    card = read_card(folder)
    tokenizer = load_tokenizer(str(folder), offline=True)
    quantization = QuantizationSettings(**card.quantization)
    whole = str(folder) if not card.base or (tuned and not card.adapter) else card.base
    model = load_model(whole, quantization, dtype="float32" if card.scratch else half_or_full(), offline=offline)
    known_tokens(tokenizer, model, card.base or str(folder))
    if tuned and card.adapter:
        model = with_adapter(model, str(folder))
    return model.eval(), tokenizer, card
