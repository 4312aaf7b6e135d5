"""Work chains: campaigns, oracles, molecular dynamics."""
