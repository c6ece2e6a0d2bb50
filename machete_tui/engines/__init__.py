"""What fills the ports: the Docker Engine, Git, the host, and the in-memory engine."""
