"""The pure heart: models, events, errors, settings, time and the ports that engines fill."""
