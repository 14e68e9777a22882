"""What routes and scripts share; nothing here knows HTTP statuses."""
