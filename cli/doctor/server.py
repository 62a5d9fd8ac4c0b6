"""The doctor's checks of a running server: `servegauge doctor --url`."""

from __future__ import annotations

from pydantic import ValidationError

from cli.doctor.diagnose import lines_of
from cli.doctor.diagnosis import Diagnosis
from cli.option_names import naming_options, with_options
from tasks.config.base import Frozen
from tasks.config.server import EndpointServer
from tasks.config.spec_errors import spec_error
from tasks.probe.conformance import check_conformance
from tasks.probe.spec_lines import spec_lines
from tasks.serve.find_endpoint import endpoint_of


class _Asked(Frozen):
    """What the options name, so that an error names the same fields as that of a spec."""

    server: EndpointServer


def diagnose_server(url: str, model: str | None, key_variable: str | None) -> tuple[list[str], bool]:
    """Probe a server. Return the lines to print, and whether the server can be measured.

    Args:
        url: the server's address, including /v1.
        model: the model to probe. None: the first model that the server lists.
        key_variable: the environment variable with the API key. None: the server requires no key.

    Raises:
        InputError: the address is wrong, the variable is not set, or the server does not have the model.
    """
    with naming_options():
        server = _server(url, model or "unknown", key_variable)
        endpoint = endpoint_of(server).model_copy(update={"model": model or ""})
        found = check_conformance(endpoint)
    lines = lines_of([Diagnosis(**capability.model_dump()) for capability in found.capabilities])
    lines = [with_options(line) for line in lines]
    spec = spec_lines(server, found)
    if spec:
        lines += ["", "A spec for it (servegauge run FILE.yaml):", "", *spec]
    return lines, found.status != "broken"


def _server(url: str, model: str, key_variable: str | None) -> EndpointServer:
    fields = {"kind": "endpoint", "url": url, "model": model, "api_key_env": key_variable}
    try:
        return _Asked.model_validate({"server": fields}).server
    except ValidationError as error:
        raise spec_error(error, "these options name no server") from None
