"""What a trained network does with a picture: its feature maps, its answers, its units."""
