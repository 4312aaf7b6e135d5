"""Default inputs, merged as defaults, protocol, overrides."""
