"""Functions that several rules share; each rule keeps its own file with documentation and examples."""
