"""What each bundled spec measures, and what it needs: for a list of them."""

from __future__ import annotations

from tasks.config.base import Frozen
from tasks.config.hubs import HUB_SITES
from tasks.config.server import EndpointServer, ManagedServer
from tasks.config.spec import Spec
from tasks.config.spec_file import load_spec, spec_names
from tasks.errors import InputError
from tasks.provision.requirement_files import find_requirements
from tasks.provision.synthetic_models import is_synthetic


class ListedSpec(Frozen):
    """One bundled spec: its name, its description, and what a machine must have for it."""

    name: str
    measures: str
    needs: str


def bundled_specs() -> tuple[ListedSpec, ...]:
    """Return the bundled specs, sorted by name. Raises InputError if one is wrong."""
    specs = [load_spec(name) for name in spec_names()]
    return tuple(ListedSpec(name=spec.name, measures=spec.description, needs=_needs(spec)) for spec in specs)


def _needs(spec: Spec) -> str:
    server = spec.server
    if isinstance(server, EndpointServer):
        return "a server that runs already (set server.url and server.model)"
    return ", ".join([_hardware(server, spec.environment), *_environment(spec.environment), _model(server)])


def _hardware(server: ManagedServer, environment: str | None) -> str:
    """Return the GPUs that the server needs; `no GPU` where its environment is built for the CPU."""
    device = server.device
    if device is None:
        try:
            device = find_requirements(environment or "").device
        except InputError:  # `current`, an interpreter or an image: its device is known where it is used
            device = "cuda"
    count = server.gpus_needed
    return "no GPU" if device == "cpu" else "1 NVIDIA GPU" if count == 1 else f"{count} NVIDIA GPUs"


def _environment(environment: str | None) -> list[str]:
    if environment is None:
        return []
    try:
        size = f" ({find_requirements(environment).disk_gb:g} GB of free disk)"
    except InputError:
        size = ""
    return [f"environment {environment}{size}"]


def _model(server: ManagedServer) -> str:
    if is_synthetic(server.model):
        return "no download from a hub"
    return f"{server.model} from {HUB_SITES[server.hub].name}"
