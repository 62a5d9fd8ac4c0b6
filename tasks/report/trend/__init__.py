"""How a figure changes from run to run."""
