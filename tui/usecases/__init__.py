"""What Windlass does: survey, plan, promote. Flow only; every deed goes through a port."""
