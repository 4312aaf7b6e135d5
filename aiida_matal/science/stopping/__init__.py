"""Rules that decide when a campaign has done enough."""
