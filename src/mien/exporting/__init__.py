"""Export of a training run to a calibrated model file."""
