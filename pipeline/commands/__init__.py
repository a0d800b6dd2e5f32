"""The commands of `tayang`, by the time at which they are used."""
