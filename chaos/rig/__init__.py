"""The parts of the rig: what stands in the way of three nodes, and who looks at what became of it."""
