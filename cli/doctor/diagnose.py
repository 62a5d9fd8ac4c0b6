"""The diagnoses of `servegauge doctor`, in the order in which a run needs what they are about."""

from __future__ import annotations

from collections.abc import Sequence

from cli.doctor.diagnosis import Diagnosis
from cli.doctor.hardware import diagnose_hardware
from cli.doctor.network import Reach, diagnose_network
from cli.doctor.software import diagnose_environments, diagnose_installers


def diagnose(reach: Reach | None = None, mlflow: str | None = None) -> tuple[Diagnosis, ...]:
    """Check this machine and the network.

    Args:
        reach: says whether an address answers; replaces the network in tests.
        mlflow: the address of an MLflow server.
    """
    return (
        *diagnose_installers(),
        *diagnose_hardware(),
        *diagnose_environments(),
        *diagnose_network(reach, mlflow),
    )


def lines_of(diagnoses: Sequence[Diagnosis]) -> list[str]:
    """The output of the doctor: a line for each diagnosis, and its remedy below it if it is not ok."""
    width = max(len(diagnosis.name) for diagnosis in diagnoses)
    lines = []
    for diagnosis in diagnoses:
        lines.append(f"{diagnosis.status:<8} {diagnosis.name:<{width}}  {diagnosis.text}")
        if diagnosis.remedy and diagnosis.status != "ok":
            lines.append(f"{'':<8} {'':<{width}}  -> {diagnosis.remedy}")
    return lines
