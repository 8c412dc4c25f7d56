"""The figures of a report: functions from predictions to plain values for JSON."""
