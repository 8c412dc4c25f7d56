"""Parts of the documentation site beside the pages of ``docs``: see ``mkdocs.yml``."""
