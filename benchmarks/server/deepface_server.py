"""DeepFace's own server; it runs in an environment with DeepFace.

PYTHON benchmarks/server/deepface_server.py PORT

DeepFace would download its weights at the first request. Here the networks have random weights:
their answers have no meaning, but they take the same time.
"""

from __future__ import annotations

import sys
from typing import Any

from deepface.api.src.app import create_app
from deepface.commons import weight_utils
from gunicorn.app.base import BaseApplication


class Server(BaseApplication):
    """Gunicorn with one process, as in DeepFace's documentation."""

    def load_config(self) -> None:
        self.cfg.set("bind", f"127.0.0.1:{sys.argv[1]}")
        self.cfg.set("timeout", 3600)

    def load(self) -> Any:
        weight_utils.download_weights_if_necessary = lambda file_name, **_: file_name
        weight_utils.load_model_weights = lambda model, weight_file: model
        app = create_app()
        app.add_url_rule("/readyz", view_func=lambda: "ready")
        return app


if __name__ == "__main__":
    Server().run()
