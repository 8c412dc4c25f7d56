"""Small chip caches and one thread for tests of training."""

from tests.chip_caches import cache, large_cache, one_thread

__all__ = ["cache", "large_cache", "one_thread"]
