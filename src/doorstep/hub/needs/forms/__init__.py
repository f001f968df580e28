"""Forms that parse what residents and social workers say about a need."""
