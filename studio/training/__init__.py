"""Training: settings in, a stream of events out."""
