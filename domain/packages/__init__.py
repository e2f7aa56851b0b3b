"""Packages of retail companies: terms, approval, what they cost, comparing them."""
