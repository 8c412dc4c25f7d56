"""Running the service: settings, addresses, TLS, metrics."""
