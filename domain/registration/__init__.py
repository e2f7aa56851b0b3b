"""An application: what it holds, where each value comes from, its kinds, papers and parties."""
