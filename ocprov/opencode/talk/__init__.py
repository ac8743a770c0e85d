"""What conversations are, where they are, and sending to them."""
