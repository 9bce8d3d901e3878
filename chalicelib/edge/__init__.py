"""What CloudFront keeps of portals' sites, and how it learns that it is no longer true."""
