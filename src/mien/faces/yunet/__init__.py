"""mien's own face detector: YuNet in several views, some of them rotated."""
