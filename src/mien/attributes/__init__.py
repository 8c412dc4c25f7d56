"""The attribute model: its card, the decoding of its outputs, calibration."""
