"""The week planner measured beside other ways of planning; writes the tables of docs/benchmarks.md."""
