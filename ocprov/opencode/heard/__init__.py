"""What servers tell as it happens."""
