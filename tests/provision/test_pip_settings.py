"""pip's settings, translated for uv."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from tasks.provision import pip_settings
from tasks.provision.pip_settings import read_pip_settings, redacted, to_uv_settings, uv_flags

SCRIPT = str(Path(pip_settings.__file__))


def test_every_setting_is_translated(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").touch()
    settings = to_uv_settings(
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


def test_folders_that_do_not_exist_are_dropped(tmp_path: Path) -> None:
    existing, missing = tmp_path / "existing", tmp_path / "missing"
    existing.mkdir()
    settings = to_uv_settings(
        {"extra-index-url": f"{missing.as_uri()} {existing.as_uri()}", "find-links": f"{missing} {existing}"},
        {},
    )
    assert settings.values("UV_INDEX") == (existing.as_uri(),)
    assert settings.values("UV_FIND_LINKS") == (str(existing),)


def test_a_variable_of_uv_keeps_its_value() -> None:
    settings = to_uv_settings(
        {"index-url": "https://pip.example/simple"}, {"UV_DEFAULT_INDEX": "https://uv.example"}
    )
    assert settings.env["UV_DEFAULT_INDEX"] == "https://uv.example"


def test_a_config_file_is_read_and_a_variable_beats_it(tmp_path: Path) -> None:
    config = tmp_path / "pip.conf"
    config.write_text(
        "[global]\nindex-url = https://file.example/simple\nproxy = http://global.example\n"
        "[install]\nproxy = http://install.example\n"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    settings = read_pip_settings(
        {**environ, "PIP_CONFIG_FILE": str(config), "PIP_INDEX_URL": "https://env.example"}
    )
    assert settings["index-url"] == "https://env.example"
    assert settings["proxy"] == "http://install.example"


def test_credentials_are_hidden_in_flags_and_messages() -> None:
    settings = to_uv_settings(
        {"index-url": "https://joe:pw@a.example/s", "extra-index-url": "https://b.example/s"}, {}
    )
    assert "https://b.example/s" in uv_flags(settings)
    assert "joe" not in " ".join(uv_flags(settings))
    assert redacted("get https://joe:pw@a.example/s and go") == "get https://***@a.example/s and go"


def test_the_script_prints_flags_and_runs_commands_with_the_settings() -> None:
    env = {**os.environ, "PIP_INDEX_URL": "https://joe:pw@a.example/s", "PIP_CONFIG_FILE": os.devnull}
    env.pop("UV_DEFAULT_INDEX", None)
    script = (sys.executable, "-S", SCRIPT)
    printed = subprocess.run(script, env=env, capture_output=True, text=True, check=True).stdout
    assert printed.splitlines()[:2] == ["--index-strategy", "unsafe-best-match"]
    show = "import json, os; print(json.dumps(dict(os.environ)))"
    output = subprocess.run(
        (*script, sys.executable, "-c", show), env=env, capture_output=True, check=True
    ).stdout
    assert json.loads(output)["UV_DEFAULT_INDEX"] == "https://joe:pw@a.example/s"
