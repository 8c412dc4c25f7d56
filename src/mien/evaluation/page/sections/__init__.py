"""The sections of the page: which figures they show, and what these mean."""
