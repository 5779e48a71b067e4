"""The same step functions on real sockets and disks (to come)."""
