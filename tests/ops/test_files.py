"""The files of the set-up agree with each other, and with what they set up."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from compose_spec import PyCompose

from ops import app
from ops.paths import ROOT
from ops.servers.kafka import SETTINGS as KAFKA
from ops.servers.mosquitto import SETTINGS as MOSQUITTO
from twin.cli import GROUPS

COMMANDS = {command for group in GROUPS.values() for command in group}


@pytest.fixture(scope="module")
def compose() -> Any:
    return yaml.safe_load((ROOT / "compose.yaml").read_text())


def properties(text: str, separator: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {key: value for key, _, value in (line.partition(separator) for line in lines)}


def test_compose_is_valid_by_its_specification(compose: Any) -> None:
    # Dumped anew, as the validator does not know YAML's merge keys, which Compose resolves first.
    PyCompose.from_yaml(yaml.safe_dump(compose))


def test_compose_refers_only_to_what_it_has(compose: Any) -> None:
    services = compose["services"]
    for name, service in services.items():
        assert set(service.get("depends_on", {})) <= set(services), name
        for other, needs in service.get("depends_on", {}).items():
            assert needs["condition"] != "service_healthy" or "healthcheck" in services[other], (name, other)
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in compose["volumes"], (name, volume)


def test_compose_publishes_on_the_loopback_only(compose: Any) -> None:
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_compose_runs_the_processes_that_make_up_runs(compose: Any) -> None:
    settings = {"YIWANG_MQTT_URL": "mqtt://127.0.0.1"}
    here = {command.removeprefix("yiwang ") for command in app.processes(settings).values()}
    ours = [service for service in compose["services"].values() if service.get("image") == "yiwang"]
    there = {" ".join(service["command"]) for service in ours if "command" in service}
    assert here == there
    assert here <= COMMANDS


def test_compose_sets_only_what_the_settings_read(compose: Any) -> None:
    code = "".join(file.read_text() for file in (ROOT / "twin").glob("*.py"))
    for name, service in compose["services"].items():
        for variable in service.get("environment", {}):
            assert not variable.startswith("YIWANG_") or f'"{variable}"' in code, (name, variable)


def test_the_brokers_in_containers_are_set_as_ours(compose: Any) -> None:
    place = {"listener", "listeners", "persistence_location", "log_dest", "log_timestamp_format"}
    ours = properties(MOSQUITTO, " ")
    theirs = properties((ROOT / "ops/compose/mosquitto.conf").read_text(), " ")
    assert {key: ours[key] for key in ours.keys() - place} == {key: theirs[key] for key in theirs.keys() - place}

    environment = compose["services"]["kafka"]["environment"]
    theirs = {key.removeprefix("KAFKA_").replace("_", ".").lower(): value for key, value in environment.items()}
    same = [key for key, value in properties(KAFKA, "=").items() if key in theirs and "127.0.0.1" not in value]
    differing = {key for key in same if properties(KAFKA, "=")[key] != theirs[key]}
    assert differing == {"log.dirs", "listener.security.protocol.map"}


def test_the_dockerfile_copies_what_there_is() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    for line in (ROOT / "Dockerfile").read_text().splitlines():
        if line.startswith("COPY ") and "--from=" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), source
                assert any(Path(source).is_relative_to(part) for part in allowed), f"{source} is ignored"


def test_no_lock_file_names_a_download_address() -> None:
    for lock in (ROOT / "requirements.lock", ROOT / "ops" / "node.lock"):
        assert not re.search(r"://|--(extra-)?index-url|--find-links", lock.read_text()), lock
    for lock in ROOT.glob("frontend/*/package-lock.json"):
        packages = json.loads(lock.read_text())["packages"]
        assert not [name for name, package in packages.items() if "resolved" in package], lock
