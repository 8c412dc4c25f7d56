"""How good a model is: measures, a report, plots and a comparison, all from predictions alone."""
