"""The blocks ResultStore (the results location) and ServingHost (a machine that runs servers)."""

from __future__ import annotations

from prefect.blocks.core import Block
from pydantic import Field, SecretStr, field_validator

from blocks.credentials import Variables
from tasks.config.results_location import ResultsLocation, results_location
from tasks.config.server import ManagedServer


class ResultStore(Block):
    """The results location: a folder, or a bucket with its access key."""

    _block_type_name = "ResultStore"
    _block_type_slug = "result-store"
    _description = "The folder or the s3:// address that holds the tables, and its key."

    location: str = Field(
        min_length=1, description="An absolute folder that every worker sees, or s3://BUCKET/PREFIX."
    )
    endpoint_url: str | None = Field(default=None, description="Address of an S3 server other than Amazon's.")
    region: str | None = Field(default=None, description="Region of the bucket.")
    access_key_id: str | None = Field(default=None, description="Empty: the worker's own credentials.")
    secret_access_key: SecretStr | None = Field(default=None, description="The secret of the access key.")

    def config(self) -> ResultsLocation:
        """The results location.

        Raises:
            InputError: `location` is neither a folder nor an s3:// address.
        """
        return results_location(self.location)

    def variables(self) -> Variables:
        """Key, region and address, as the environment variables that S3 clients read."""
        plain = {
            "AWS_ENDPOINT_URL": self.endpoint_url,
            "AWS_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key_id,
        }
        variables = {name: SecretStr(value) for name, value in plain.items() if value}
        if self.secret_access_key:
            variables["AWS_SECRET_ACCESS_KEY"] = self.secret_access_key
        return variables


class ServingHost(Block):
    """A machine that runs servers: its GPUs, its environment, and the variables of its servers."""

    _block_type_name = "ServingHost"
    _block_type_slug = "serving-host"
    _description = "GPU ids, serving environment and extra variables of a machine."

    gpu_ids: list[int] = Field(
        default_factory=list, description="The GPUs of a server; empty: as many as it needs."
    )
    environment: str | None = Field(default=None, description="Serving environment instead of the spec's.")
    env: dict[str, str] = Field(default_factory=dict, description="Variables of the server; no secrets.")

    @field_validator("gpu_ids")
    @classmethod
    def _are_gpu_numbers(cls, gpus: list[int]) -> list[int]:
        if len(set(gpus)) != len(gpus) or min(gpus, default=0) < 0:
            raise ValueError(f"{gpus} are no valid GPU numbers; name each GPU once, counted from 0")
        return gpus

    def config(self, server: ManagedServer) -> ManagedServer:
        """The server as this machine runs it; GPUs and variables of the spec take precedence."""
        gpus = server.gpus or (None if server.device == "cpu" else tuple(self.gpu_ids) or None)
        return server.model_copy(update={"gpus": gpus, "env": self.env | server.env})
