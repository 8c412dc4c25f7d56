"""Fuzzing of everything that mien reads from outside; ``python -m fuzz --help`` says how."""
