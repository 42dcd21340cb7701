"""`.run/env`, and the launcher that reads it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ops import env, plan
from ops.paths import ROOT


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A clone whose Python prints what it is given."""
    shutil.copy(ROOT / "yiwang", tmp_path / "yiwang")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\necho "$@"; env\n')
    python.chmod(0o755)
    (tmp_path / ".run").mkdir()
    return tmp_path


def launch(clone: Path, *arguments: str, **environment: str) -> list[str]:
    command = [str(clone / "yiwang"), *arguments]
    variables = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=True).stdout.splitlines()


def test_values_are_taken_as_they_stand() -> None:
    text = "# why\n\nYIWANG_A=1\nYIWANG_B=x = 'y' $Z#\nYIWANG_EMPTY=\n"
    assert env.parse(text) == {"YIWANG_A": "1", "YIWANG_B": "x = 'y' $Z#", "YIWANG_EMPTY": ""}


def test_a_bad_line_is_named() -> None:
    with pytest.raises(env.BadLine, match="line 2 is not KEY=VALUE: 'export B=2'"):
        env.parse("A=1\nexport B=2\n")


def test_what_is_saved_is_read_again_and_is_private(tmp_path: Path) -> None:
    file = tmp_path / "env"
    values = {"YIWANG_DATABASE_URL": "postgresql://u:p@h/d?a=b", "YIWANG_KAFKA_BOOTSTRAP": ""}
    env.save(values, file)
    env.save(values, file)
    assert env.load(file) == values
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_launcher_loads_the_file_and_the_real_environment_wins(clone: Path) -> None:
    env.save({"YIWANG_A": "of the file = $HOME `id`", "YIWANG_B": "of the file"}, clone / ".run" / "env")
    said = launch(clone, "explain", "a b", YIWANG_B="")
    assert said[0] == "-m twin.cli explain a b"
    assert "YIWANG_A=of the file = $HOME `id`" in said
    assert "YIWANG_B=" in said
    assert f"PYTHONPATH={clone}" in said


def test_the_launcher_says_what_to_do_in_a_clone_that_is_not_set_up(clone: Path) -> None:
    shutil.rmtree(clone / ".venv")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        launch(clone)
    assert "make up" in failed.value.stderr


@pytest.mark.parametrize("said", ["here", "80", "65001"])
def test_a_bad_port_base_is_refused(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIWANG_PORT_BASE", said)
    with pytest.raises(SystemExit, match="YIWANG_PORT_BASE is"):
        plan.port_base()


def test_ports_follow_the_base(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YIWANG_PORT_BASE", "30000")
    monkeypatch.delenv("YIWANG_WEB_PORT", raising=False)
    assert plan.web_port() == 30000
    assert [part.server.ports for part in plan.parts()] == [(30032,), (30083,), (30092, 30093)]


def test_an_existing_server_is_used_instead_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    mosquitto = plan.parts()[1]
    monkeypatch.setenv("YIWANG_MQTT_URL", "mqtt://broker.example:1883")
    assert mosquitto.existing() == "mqtt://broker.example:1883"
    monkeypatch.setenv("YIWANG_MQTT_URL", mosquitto.server.url)
    assert mosquitto.existing() is None
