"""pip's settings as uv understands them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tasks.provision import pip_settings
from tasks.provision.pip_settings import flags, read_pip_settings, redacted, to_uv

SCRIPT = str(Path(pip_settings.__file__))


def test_every_setting_has_its_counterpart(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").touch()
    settings = to_uv(
        {
            "index-url": "https://main.example/simple",
            "extra-index-url": "https://one.example/simple\nhttps://two.example/simple",
            "find-links": str(tmp_path),
            "trusted-host": "one.example two.example",
            "cert": str(tmp_path / "cert.pem"),
            "proxy": "http://proxy.example:3128",
            "timeout": "30",
            "no-index": "true",
        },
        {},
    )
    assert settings.env == {
        "UV_DEFAULT_INDEX": "https://main.example/simple",
        "UV_INDEX": "https://one.example/simple https://two.example/simple",
        "UV_FIND_LINKS": str(tmp_path),
        "UV_INSECURE_HOST": "one.example two.example",
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_HTTP_TIMEOUT": "30",
        "SSL_CERT_FILE": str(tmp_path / "cert.pem"),
        "HTTP_PROXY": "http://proxy.example:3128",
        "HTTPS_PROXY": "http://proxy.example:3128",
    }
    assert settings.flags == ("--no-index",)


def test_folders_that_are_not_there_are_left_out(tmp_path: Path) -> None:
    there, gone = tmp_path / "there", tmp_path / "gone"
    there.mkdir()
    settings = to_uv(
        {"extra-index-url": f"{gone.as_uri()} {there.as_uri()}", "find-links": f"{gone} {there}"}, {}
    )
    assert settings.values("UV_INDEX") == (there.as_uri(),)
    assert settings.values("UV_FIND_LINKS") == (str(there),)


def test_what_uv_is_told_already_stays() -> None:
    settings = to_uv({"index-url": "https://pip.example/simple"}, {"UV_DEFAULT_INDEX": "https://uv.example"})
    assert settings.env["UV_DEFAULT_INDEX"] == "https://uv.example"


def test_a_config_file_is_read_and_a_variable_beats_it(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://file.example/simple\nproxy = http://global.example\n"
        "[install]\nproxy = http://install.example\n"
    )
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PIP_")}
    found = read_pip_settings(
        {**kept, "PIP_CONFIG_FILE": str(config), "PIP_INDEX_URL": "https://env.example"}
    )
    assert found["index-url"] == "https://env.example"
    assert found["proxy"] == "http://install.example"


def test_credentials_stay_out_of_flags_and_messages() -> None:
    settings = to_uv(
        {"index-url": "https://joe:pw@a.example/s", "extra-index-url": "https://b.example/s"}, {}
    )
    assert "https://b.example/s" in flags(settings)
    assert "joe" not in " ".join(flags(settings))
    assert redacted("get https://joe:pw@a.example/s and go") == "get https://***@a.example/s and go"


def test_script_prints_flags_and_runs_commands_with_the_settings() -> None:
    env = {**os.environ, "PIP_INDEX_URL": "https://joe:pw@a.example/s", "PIP_CONFIG_FILE": os.devnull}
    env.pop("UV_DEFAULT_INDEX", None)
    bare = (sys.executable, "-S", SCRIPT)
    printed = subprocess.run(bare, env=env, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[:2] == ["--index-strategy", "unsafe-best-match"]
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    ran = subprocess.run((*bare, sys.executable, "-c", show), env=env, capture_output=True, check=True).stdout
    assert json.loads(ran)["UV_DEFAULT_INDEX"] == "https://joe:pw@a.example/s"
