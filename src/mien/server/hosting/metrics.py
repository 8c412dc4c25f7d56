"""What the service counts, for Prometheus."""

from __future__ import annotations

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

_SECONDS = (0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.2, 2.5, 5, 10, 30)
_COUNTS = (1, 2, 4, 8, 16, 32, 64, 128)


class Metrics:
    """Counters of one service, in a registry of their own."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.requests = Counter(
            "mien_requests", "Requests answered.", ["path", "status"], registry=registry
        )
        self.seconds = Histogram(
            "mien_request_seconds",
            "From a request's first byte to its answer's last.",
            ["path"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.working = Gauge(
            "mien_requests_in_progress", "Requests worked on or waiting.", registry=registry
        )
        self.pictures = Counter(
            "mien_pictures", "Pictures, by what came of them.", ["outcome"], registry=registry
        )
        self.faces = Counter("mien_faces", "Faces judged in pictures.", registry=registry)
        self.batch_faces = Histogram(
            "mien_batch_faces", "Faces judged at once.", buckets=_COUNTS, registry=registry
        )
        self.batch_pictures = Histogram(
            "mien_batch_pictures",
            "Pictures whose faces were judged at once.",
            buckets=_COUNTS,
            registry=registry,
        )
        self.streams = Gauge("mien_streams", "Streams that are open.", registry=registry)
        self.frames = Counter(
            "mien_frames",
            "Frames of streams, by what came of them.",
            ["outcome"],
            registry=registry,
        )
        self.frame_seconds = Histogram(
            "mien_frame_seconds",
            "From a frame's receipt to its answer.",
            buckets=_SECONDS,
            registry=registry,
        )

    def text(self) -> bytes:
        """Returns everything in Prometheus' text format."""
        return generate_latest(self._registry)
