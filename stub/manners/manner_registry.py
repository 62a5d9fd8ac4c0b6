"""All manners of answering, in the order of docs/odd-servers.md."""

from __future__ import annotations

from stub.manners.failures import FAILURES
from stub.manners.framing import FRAMING
from stub.manners.manner import Manner
from stub.manners.output import OUTPUT
from stub.manners.real_servers import REAL_SERVERS
from stub.manners.usage import USAGE

GROUPS: dict[str, list[Manner]] = {
    "Framing": FRAMING,
    "Output": OUTPUT,
    "Usage": USAGE,
    "Real servers": REAL_SERVERS,
    "Errors and broken answers": FAILURES,
}
MANNERS = [manner for group in GROUPS.values() for manner in group]
