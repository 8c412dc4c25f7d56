"""Everything that paints: faces, frames, explanations, the style of plots."""
