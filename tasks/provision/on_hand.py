"""What is on this machine already, so that a server can start without a build or a download."""

from __future__ import annotations

from tasks.config.server import ManagedServer
from tasks.provision.environment import environment_on_hand
from tasks.provision.model import is_on_hand, provide_model
from tasks.provision.provisioned import Environment, Model


def environment_and_model_on_hand(
    server: ManagedServer, environment_name: str | None
) -> tuple[Environment, Model] | None:
    """Return a server's environment and model; None if either must be built or downloaded first.

    Raises:
        InputError, ProvisionError: as `provide_environment` and `provide_model`.
    """
    environment = environment_on_hand(server, environment_name)
    if environment is None or not is_on_hand(server):
        return None
    return environment, provide_model(server, environment)
