import pytest

from twin.history import keyframes


@pytest.fixture(autouse=True)
def _close_keyframes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keyframes so close together that a short history has many."""
    monkeypatch.setattr(keyframes, "EVERY", 5)
    monkeypatch.setattr(keyframes, "PARTS", 3)
