"""The session protocol, which the class of every runtime has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Session(Protocol):
    """A loaded network that many threads may run at once."""

    @property
    def device(self) -> str:
        """Name of the device that runs the network, for example ``"cpu"``."""

    @property
    def metadata(self) -> Mapping[str, str]:
        """Texts stored in the model file, by key."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        """Runs the network.

        Args:
            inputs: An array for each input name.

        Returns:
            An array for each output name.

        Raises:
            ModelError: The runtime fails; its message is the reason.
        """
