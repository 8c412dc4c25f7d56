"""A model that can be loaded but cannot run."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from altered import that_cannot_run
from served import Serve
from test_problems import check
from test_protection import closed

from mien import Analyzer


def test_it_is_logged_once_with_its_reason_and_said_by_every_answer(
    serve: Serve, small: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    model = Analyzer(that_cannot_run(tmp_path / "model.onnx"), threads=1)
    with serve(model=model) as service:
        for _ in range(3):
            for answer in (service.analyze(small), service.explain(small)):
                assert "'default' cannot run" in check(answer, "model_failed")
        for path in ("/healthz", "/readyz"):
            answer = service.client.get(path)
            assert answer.status_code == 503
            assert answer.text == "the model cannot run; see the service's log\n"
        assert closed(service.stream) == (1011, "The model cannot run.")
        assert service.client.get("/v1/model").status_code == 200
    (error,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    message = error.getMessage()
    assert message.startswith("the model 'default' cannot run: ")
    assert "requested shape:{7,13}" in message
    assert "\n" not in message
