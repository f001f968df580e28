"""The planner decides: who should help whom, at four horizons, without Django."""
