"""One thing that a server can or cannot do, as the conformance test reports it."""

from __future__ import annotations

from typing import Literal

from tasks.config.base import Frozen


class Capability(Frozen):
    """A capability: its name, its status, a description, and a remedy if the status is not `ok`.

    `limited`: something cannot be measured or audited. `broken`: nothing can.
    """

    name: str
    status: Literal["ok", "limited", "broken"] = "ok"
    text: str
    remedy: str = ""
