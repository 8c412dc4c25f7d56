"""What the documentation site shows beside the pages of ``docs``: see ``mkdocs.yml``."""
