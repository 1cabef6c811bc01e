"""What a picture is: reading, writing, and how it is shown."""
