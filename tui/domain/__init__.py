"""Pure values and functions: what an image, a snapshot, a drift and a promotion are. No input or output."""
