"""`make deploy` and its neighbours: an installation in one's own AWS account, and the way back."""
