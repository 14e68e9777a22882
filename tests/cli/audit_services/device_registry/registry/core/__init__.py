"""What all parts need: the circuit breaker, the clock."""
