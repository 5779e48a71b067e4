"""Protocols that survive faults of the network, of machines and of disks."""
