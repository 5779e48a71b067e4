"""Models of consistency, and stores that provide them."""
