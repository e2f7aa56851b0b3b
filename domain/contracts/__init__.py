"""Retail contracts: asked for, agreed to by each side that must, in force, renewed, changed, ended."""
