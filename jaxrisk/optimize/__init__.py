"""Better parameters: what a protocol earns, with risk below limits."""
