"""Blocks with credentials: of a tracker, a model hub, an endpoint. Prefect's server stores them encrypted."""

from __future__ import annotations

from prefect.blocks.core import Block
from prefect.blocks.fields import SecretDict
from pydantic import Field, SecretStr, ValidationError

from tasks.config.hubs import HUB_SITES, HubName
from tasks.config.server import EndpointServer, ManagedServer
from tasks.config.spec_errors import spec_error
from tasks.config.trackers import MLFLOW_PASSWORD, MLFLOW_TOKEN, MLFLOW_USER, MLflow, SwanLab

Variables = dict[str, SecretStr]
"""Environment variables that a run sets for its own process."""
KEY_VARIABLE, HEADER_VARIABLE = "SERVEGAUGE_ENDPOINT_KEY", "SERVEGAUGE_ENDPOINT_HEADER_{}"


class SwanLabCredentials(Block):
    """The key of a SwanLab account, its server and its workspace."""

    _block_type_name = "SwanLabCredentials"
    _block_type_slug = "swanlab-credentials"
    _description = "Key, host and workspace of a SwanLab account."

    api_key: SecretStr = Field(description="From the account's settings page.")
    host: str | None = Field(default=None, description="Of a SwanLab server that you run yourself.")
    workspace: str | None = Field(default=None, description="The account's own by default.")

    def config(self, swanlab: SwanLab) -> SwanLab:
        """The spec's settings with this account's host and workspace."""
        settings = {"host": self.host, "workspace": self.workspace}
        return swanlab.model_copy(update={name: value for name, value in settings.items() if value})

    def variables(self, swanlab: SwanLab) -> Variables:
        """Return the API key in the environment variable that the spec names."""
        return {swanlab.api_key_env: self.api_key}


class MLflowCredentials(Block):
    """The address of an MLflow tracking server, and a token, or a user with a password."""

    _block_type_name = "MLflowCredentials"
    _block_type_slug = "mlflow-credentials"
    _description = "Address of an MLflow tracking server, and its token or user and password."

    uri: str = Field(description="Such as https://mlflow.example, without credentials in it.")
    token: SecretStr | None = Field(default=None, description="Sent as a bearer token.")
    username: str | None = Field(default=None, description="For a server that asks for a password.")
    password: SecretStr | None = Field(default=None, description="Of that user.")

    def config(self, mlflow: MLflow) -> MLflow:
        """Return the spec's settings with this server.

        Raises:
            InputError: the address is none, or holds credentials.
        """
        try:
            return MLflow.model_validate(mlflow.model_dump() | {"uri": self.uri})
        except ValidationError as error:
            raise spec_error(error, "the block MLflowCredentials") from None

    def variables(self) -> Variables:
        """Return the credentials in the variables of MLflow's clients.

        All of them, the empty ones too: the worker's own credentials must not reach the block's address.
        """
        empty = SecretStr("")
        return {
            MLFLOW_TOKEN: self.token or empty,
            MLFLOW_USER: SecretStr(self.username or ""),
            MLFLOW_PASSWORD: self.password or empty,
        }


class ModelHub(Block):
    """The hub that models come from, a token for private models, and a mirror of the hub."""

    _block_type_name = "ModelHub"
    _block_type_slug = "model-hub"
    _description = "Hugging Face or ModelScope, with a token and a mirror."

    hub: HubName = "huggingface"
    token: SecretStr | None = Field(default=None, description="For private or gated models.")
    mirror: str | None = Field(default=None, description="Address used instead of the hub's own.")

    def config(self, server: ManagedServer) -> ManagedServer:
        """Return the server settings with this hub as the source of the model."""
        return server.model_copy(update={"hub": self.hub})

    def variables(self) -> Variables:
        """Return the token and the mirror in the environment variables of the hub's client."""
        site, variables = HUB_SITES[self.hub], {}
        if self.token is not None:
            variables[site.token_variable] = self.token
        if self.mirror:
            variables[site.address_variable] = SecretStr(self.mirror)
        return variables


class EndpointCredentials(Block):
    """The API key of a running server, and headers whose values are secret."""

    _block_type_name = "EndpointCredentials"
    _block_type_slug = "endpoint-credentials"
    _description = "API key and secret headers of a server that runs already."

    api_key: SecretStr | None = Field(default=None, description="Sent as the header Authorization.")
    headers: SecretDict | None = Field(
        default=None, description='Further headers by name, such as {"X-Team-Token": "…"}.'
    )

    def config(self, server: EndpointServer) -> EndpointServer:
        """Return the server settings with the variables that hold this key and these header values.

        Raises:
            InputError: a header cannot be sent, or the spec lists it too.
        """
        settings = server.model_dump()
        if self.api_key is not None:
            settings["api_key_env"] = KEY_VARIABLE
        named = {header: HEADER_VARIABLE.format(number) for number, header in enumerate(self._values())}
        try:
            return EndpointServer.model_validate(settings | {"headers": server.headers | named})
        except ValidationError as error:
            raise spec_error(error, "the block EndpointCredentials") from None

    def variables(self) -> Variables:
        """Return the key and the header values in the variables that `config` names."""
        variables = {
            HEADER_VARIABLE.format(number): SecretStr(str(value))
            for number, value in enumerate(self._values().values())
        }
        if self.api_key is not None:
            variables[KEY_VARIABLE] = self.api_key
        return variables

    def _values(self) -> dict[str, object]:
        return self.headers.get_secret_value() if self.headers is not None else {}
