"""The data nodes of the plugin."""
