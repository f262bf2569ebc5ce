"""The parts of `design --into`: what joins somebody else's project, and how it is written there."""
