"""Work chains that turn candidates into labels."""
