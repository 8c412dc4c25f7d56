"""Identities: the person that each track shows, and the pooled estimates of all views."""
