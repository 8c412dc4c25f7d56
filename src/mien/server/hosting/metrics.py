"""Metrics of the service, for Prometheus."""

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


class Metrics:
    """Metrics of one service, in a registry of their own."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        self.requests = Counter(
            "mien_requests",
            "Requests answered, by path and status.",
            ["path", "status"],
            registry=registry,
        )
        self.seconds = Histogram(
            "mien_request_seconds",
            "Seconds from the start of a request to the end of its answer, by path.",
            ["path"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.working = Gauge(
            "mien_requests_in_progress",
            "Requests for pictures and explanations that are worked on or wait.",
            registry=registry,
        )
        self.pictures = Counter(
            "mien_pictures",
            "Pictures: ok, or the code of what was wrong with them.",
            ["outcome"],
            registry=registry,
        )
        self.faces = Counter("mien_faces", "Faces described in pictures.", registry=registry)
        self.streams = Gauge("mien_streams", "Open streams.", registry=registry)
        self.frames = Counter(
            "mien_frames",
            "Frames of streams: analysed, dropped, unreadable or failed.",
            ["outcome"],
            registry=registry,
        )
        self.frame_seconds = Histogram(
            "mien_frame_seconds",
            "Seconds from the receipt of a frame to its answer.",
            buckets=_SECONDS,
            registry=registry,
        )

    def text(self) -> bytes:
        """Returns all metrics in Prometheus' text format."""
        return generate_latest(self._registry)
