"""Models from elsewhere: checked before they are read, and never run to be read."""
