"""The web service and its page: ``mien serve``.

Nothing that leads from a picture to an answer imports this package; it needs the extra ``serve``.
"""
