"""Drawing: faces, frames, explanations, and the style of plots."""
