"""What the create wizard knows, without a screen: an immutable draft, its checks, and what it asks for."""
