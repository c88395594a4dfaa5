"""What the use cases need from the world, as protocols of one verb each."""
